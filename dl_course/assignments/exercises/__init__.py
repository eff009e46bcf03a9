"""The exercises: one module per chapter, named after the chapter's topic and found by that name."""
