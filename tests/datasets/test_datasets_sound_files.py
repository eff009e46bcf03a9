import tracemalloc

import numpy as np
import pytest
import soundfile

from dl_course.datasets import load, read_sound, stream_sound
from dl_course.errors import CourseError, DataError


def wave(samples=8000, rate=8000, pitch=440.0):
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(samples) / rate)


@pytest.fixture
def write(tmp_path):
    def write(sound, rate=8000, name="a.wav", **options):
        soundfile.write(tmp_path / name, sound, rate, **options)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("subtype", "error"),
    [("PCM_U8", 1e-2), ("PCM_16", 1e-4), ("PCM_24", 1e-6), ("PCM_32", 1e-6), ("FLOAT", 1e-6),
     ("DOUBLE", 1e-6)],
)  # fmt: skip
def test_every_kind_of_sample_is_read_in_the_same_scale(write, subtype, error):
    sound = read_sound(write(wave(), subtype=subtype), 8000)
    assert sound.dtype == np.float32
    np.testing.assert_allclose(sound, wave(), atol=error)


def test_stereo_is_the_mean_of_its_channels(write):
    both = np.stack([wave(), np.full(8000, 0.25)], axis=1)
    expected = (wave() + 0.25) / 2
    np.testing.assert_allclose(read_sound(write(both), 8000), expected, atol=1e-4)


@pytest.mark.parametrize("rate", [4000, 11025, 16000, 44100, 48000])
def test_another_rate_is_converted_and_the_pitch_stays(write, rate):
    sound = read_sound(write(wave(rate, rate), rate), 8000)
    assert len(sound) == 8000
    # Away from the ends, where the filter looks beyond them.
    np.testing.assert_allclose(sound[200:-200], wave()[200:-200], atol=5e-3)


def test_what_the_new_rate_cannot_hold_does_not_come_back_as_a_lower_tone(write):
    sound = read_sound(write(wave(44100, 44100, pitch=6000), 44100), 8000)
    assert np.abs(sound[200:-200]).max() < 0.01


def test_silence_is_a_sound(write):
    assert not read_sound(write(np.zeros(800)), 16000).any()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="none.wav: no such file"):
        read_sound(tmp_path / "none.wav", 8000)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: b"", "the file is empty"),
        (lambda content: b"no sound at all, but long enough for a header" * 9, "not a sound"),
        (lambda content: content[:30], "damaged: it is cut off, 30 of 16044 bytes"),
        (lambda content: content[:9000], "damaged: it is cut off, 9000 of 16044 bytes"),
        (lambda content: content[:12] + b"\xff" * 32 + content[44:], "not a sound, or damaged"),
    ],
)
def test_a_damaged_file_is_refused(write, damage, message):
    path = write(wave())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=message):
        read_sound(path, 8000)
    with pytest.raises(DataError, match=message):
        list(stream_sound(path, 8000, 8000, 8000))


def test_a_file_without_samples_or_with_a_nan_is_refused(write):
    with pytest.raises(DataError, match="the sound has no samples"):
        read_sound(write(np.zeros(0)), 8000)
    broken = wave()
    broken[77] = np.nan
    with pytest.raises(DataError, match="the sound holds NaN or infinity"):
        read_sound(write(broken, subtype="FLOAT"), 8000)


def test_a_file_written_into_a_pipe_says_no_length_and_is_read(write):
    path = write(wave())
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 4 + content[8:])
    assert len(read_sound(path, 8000)) == 8000


@pytest.mark.parametrize("rate", [8000, 44100, 11025, 4000])
@pytest.mark.parametrize(("seconds", "window", "hop"), [(23.7, 8000, 4000), (0.3, 8000, 8000)])
def test_a_stream_is_the_whole_sound_in_windows(write, rate, seconds, window, hop):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, int(seconds * rate))
    path = write(noise, rate)
    whole = read_sound(path, 8000)
    windows = list(stream_sound(path, 8000, window, hop))
    for number, piece in enumerate(windows):
        expected = whole[number * hop : number * hop + window]
        np.testing.assert_allclose(piece[: len(expected)], expected, atol=1e-6)
        assert not piece[len(expected) :].any() and len(piece) == window
    last = (len(windows) - 1) * hop
    assert last < len(whole) <= last + window


def test_a_stream_of_an_hour_takes_little_memory(tmp_path):
    path = tmp_path / "hour.wav"
    minute = np.random.default_rng(0).uniform(-0.5, 0.5, 60 * 16000)
    with soundfile.SoundFile(path, "w", 16000, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(minute)
    tracemalloc.start()
    count = sum(1 for _ in stream_sound(path, 8000, 8000, 8000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3600
    assert peak < 20e6  # the whole hour takes 230 MB at its own rate


def test_a_hop_beyond_the_window_would_miss_something(write):
    with pytest.raises(CourseError, match="`hop` must be at most the window, 10"):
        stream_sound(write(wave()), 8000, 10, 11)


def folder_of(tmp_path, sounds, rate=8000):
    for kind in ("left", "right"):
        (tmp_path / "words" / kind).mkdir(parents=True)
        for number, sound in enumerate(sounds):
            soundfile.write(tmp_path / "words" / kind / f"{number}.wav", sound, rate)
    return tmp_path / "words"


def test_a_folder_of_any_rates_becomes_one_array_at_the_lowest(tmp_path):
    folder = folder_of(tmp_path, [wave(44100, 44100), wave(22050, 44100)], 44100)
    soundfile.write(folder / "left" / "slow.wav", wave(24000, 12000), 12000)
    data = load(folder, test_share=0.4, kind="sounds")
    assert data.sample_rate == 12000 and data.input_shape == (24000,)
    assert data.class_names == ("left", "right") and data.name == "words"
    silent_ends = [(x[12000:] == 0).all() for x in [*data.x_train, *data.x_test]]
    assert sum(silent_ends) == 4


def test_a_folder_of_high_rates_is_brought_to_16_khz(tmp_path):
    assert load(folder_of(tmp_path, [wave()] * 2, 48000), kind="sounds").sample_rate == 16000


def test_a_name_loads_sounds_and_no_other_kind():
    assert load("sounds", kind="sounds").name == "sounds"
    with pytest.raises(DataError, match="digits: expected sounds, received images. Choose sounds"):
        load("digits", kind="sounds")
    with pytest.raises(DataError, match="Did you mean 'fsdd'"):
        load("fsddd", kind="sounds")


def test_a_folder_that_is_no_data_set_is_refused(tmp_path):
    with pytest.raises(DataError, match="none: no such file or folder"):
        load(tmp_path / "none", kind="sounds")
    with pytest.raises(DataError, match="one subfolder of .wav files per class"):
        load(tmp_path, kind="sounds")
    folder = folder_of(tmp_path, [wave()] * 2)
    (folder / "left" / "note.txt").write_text("hm")
    with pytest.raises(DataError, match="note.txt: a class folder may hold only .wav files"):
        load(folder, kind="sounds")
    (folder / "left" / "note.txt").unlink()
    (folder / "left" / "1.wav").unlink()
    with pytest.raises(DataError, match="left: a class needs at least 2 sounds"):
        load(folder, kind="sounds")
    soundfile.write(folder / "left" / "1.wav", np.zeros(31 * 8000), 8000)
    with pytest.raises(DataError, match="1.wav: expected a sound of at most 30 s. Received: 31 s"):
        load(folder, kind="sounds")
