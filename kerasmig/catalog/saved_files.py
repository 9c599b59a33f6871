"""What is said of files that the program saves with Keras and reads or names otherwise."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Family

NAMES, READING = "KM321", "KM322"

FAMILIES = (
    Family(
        code=NAMES,
        name="saved-file-names",
        summary="Find saved files by the names that they have today.",
        why=(
            "Keras 3 saves weights as `….weights.h5` only, and callbacks save models as `.keras`. "
            "A pattern (`glob('weights.*.hdf5')`), an ending (`f.endswith('.hdf5')`) or a command "
            "that names the old file finds nothing any more, or finds the file that an old run has "
            "left there."
        ),
        safety=(
            "Patterns are looked up when the program runs: today's names are taken where files "
            "have them, else the old ones. Endings take both. What cannot be followed is reported."
        ),
        example=(
            "files = glob.glob('weights.*.hdf5')",
            "files = glob.glob(saved_pattern('weights.*.hdf5'))",
        ),
    ),
    Family(
        code=READING,
        name="saved-file-reading",
        summary="See to code that reads what Keras saved by hand.",
        why=(
            "Keras 1 wrote a group for each layer's name, with `layer_names` and `weight_names`; "
            "Keras 3 writes `layers/dense/vars/0`. Loops over the old groups find nothing in what "
            "the migrated program saves, or read a file that an old run has left there."
        ),
        safety="Reported where the program itself saves the file; loops over old files go on working.",
        example=("f = h5py.File('w.h5', 'r')", "f = h5py.File('w.h5', 'r')"),
    ),
)
