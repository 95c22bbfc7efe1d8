"""The process that works: what it writes is dropped where nobody reads it."""

import os

from generator.worker import Stream


def test_a_stream_without_a_reader_drops_what_is_written():
    """Every byte counts as written."""
    reading, writing = os.pipe()
    with Stream(writing, "w") as stream:
        assert stream.write(b"abc") == 3
        assert os.read(reading, 3) == b"abc"
        os.close(reading)
        assert stream.write(b"abcd") == 4
