"""Runs migrated programs in one process, for importing TensorFlow takes longer than they do.

``python one_after_the_other.py FOLDER...`` prints a JSON object: what each of them printed. Nothing
is set for them; each finds the data format and the modules of a fresh process.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback


def run(folder: str) -> str:
    """What the program of a folder prints, and its traceback if it fails."""
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = ["main.py"]
    known = set(sys.modules)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path("main.py", run_name="__main__")
    except BaseException:
        printed.write(traceback.format_exc())
    sys.path.remove(folder)
    for name in set(sys.modules) - known:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
            del sys.modules[name]
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.config.set_image_data_format("channels_last")
    return printed.getvalue()


if __name__ == "__main__":
    print(json.dumps({folder: run(folder) for folder in sys.argv[1:]}))
