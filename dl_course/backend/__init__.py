"""The only way to Keras and its backends: TensorFlow, JAX and PyTorch.

All other code says `from dl_course.backend import keras`, so that Keras starts in one place and
quietly. Only this subpackage asks which backend runs.
"""

from dl_course.backend.devices import Device, device, versions
from dl_course.backend.gradients import array_gradients, input_gradients, weight_gradients
from dl_course.backend.seeds import begin_epoch, draws_apart, set_seed
from dl_course.backend.start_up import keras, name
