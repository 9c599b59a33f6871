"""What is noticed around the code: copies of Keras, pinned versions, notebooks."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Family

SETTINGS = "KM607"
PACKAGING = "KM609"

FAMILIES = (
    Family(
        code=SETTINGS,
        name="old-backend",
        summary="Finds what still chooses Theano or Python 2: in code, scripts, READMEs, keras.json.",
        why="With KERAS_BACKEND=theano, or that backend in ~/.keras/keras.json, Keras 3 does not "
        "even import.",
        safety="In code the name of the backend is replaced; of lines in scripts, Dockerfiles and "
        "READMEs the new line is said.",
        example=(
            "os.environ['KERAS_BACKEND'] = 'theano'",
            "os.environ['KERAS_BACKEND'] = 'tensorflow'",
        ),
    ),
    Family(
        code=PACKAGING,
        name="module-not-packaged",
        summary="Finds a setup.py or pyproject.toml that leaves `keras1_compat.py` out.",
        why="The module lies beside the packages, where scripts and packages both find it. What only "
        "lists the packages installs them without it, and their imports of it fail.",
        safety="Reported with the line to write.",
        example=(
            "setup(name='nets', packages=['nets'])",
            "setup(name='nets', packages=['nets'], py_modules=['keras1_compat'])",
        ),
    ),
    Family(
        code="KM901",
        name="vendored-keras",
        summary="Leaves copies of Keras or keras-contrib inside the project alone.",
        why="A folder that is Keras 1 itself cannot be migrated to Keras 3: it is replaced by it. "
        "Remove the copy and install keras instead.",
    ),
    Family(
        code="KM902",
        name="dependency-pin",
        summary="Reports requirements that hold the project to Keras 1, Theano or TensorFlow 1.",
        why="The migrated code needs Keras 3 and a TensorFlow of today; with the old pins the "
        "next installation brings back what was left. --update-requirements writes the new ones.",
        example=("Keras==1.2.2", "keras>=3.8"),
    ),
    Family(
        code="KM903",
        name="notebook-text",
        summary="Reports Markdown cells of notebooks that show Keras 1 code.",
        why="Text is not rewritten: only its author knows what it is meant to tell.",
    ),
    Family(
        code="KM904",
        name="notebook-cell",
        summary="Reports code cells that are not Python, and leaves them alone.",
        why="A cell that neither Python 3 nor Python 2 can parse, or that hands code to another "
        "program, may use Keras 1 without being seen.",
    ),
)
