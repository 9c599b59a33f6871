"""What a first look at a file's bytes tells, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.catalog.array_layouts import ARRAY_LAYOUTS
from kerasmig.text.byte_search import begins_line, has_word

_KERAS1_MARKS = (
    *(b"nb_epoch", b"border_mode", b"nb_filter", b"samples_per_epoch", b"image_dim_ordering"),
    *(b"W_regularizer", b"set_image_dim_ordering"),
)
# What a program calls only on the models of Keras 1, or of Keras 2 at most.
_TRAINING_WORDS = (
    *(b"nb_epoch=", b"samples_per_epoch=", b"nb_val_samples=", b"nb_worker=", b"max_q_size="),
    *(b"show_accuracy=", b".fit_generator(", b".evaluate_generator(", b".predict_generator("),
    b".predict_classes(",
)
_LAYER_WORDS = (b"Conv", b"Dense(", b"Pooling", b"BatchNorm", b"Sequential(", b"LSTM(")


COMPAT_MARK = b"Written by `kerasmig upgrade`"
"""What the compat modules that we write begin with."""


class FileFacts(NamedTuple):
    """What a file's bytes say of it.

    Args:
        keras: Keras is mentioned.
        trains: it calls what only models of Keras have, whoever made them.
        keras1: it bears a mark that only Keras 1 code has.
        starred: something is imported whole, perhaps from a file with Keras.
        layers: it has words that names of layers are made of.
        python2: it may be Python 2.
        weights: names under which it saves weights.
        names: names that it gives to layers and that look like automatic ones.
        imports: the modules that it imports, each with a name that is taken from it (or none).
        search: folders that it adds to ``sys.path``, as far as they are written out.
        arrays: layouts of the arrays of layers that it may have.
    """

    keras: bool = False
    trains: bool = False
    keras1: bool = False
    starred: bool = False
    layers: bool = False
    python2: bool = False
    weights: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    imports: tuple[tuple[str, str], ...] = ()
    search: tuple[str, ...] = ()
    arrays: frozenset[str] = frozenset()

    @property
    def plain(self) -> bool:
        """Whether nothing in the file by itself can concern the migration."""
        return self._replace(imports=(), search=()) == NOTHING


NOTHING = FileFacts()


def facts_of(data: bytes) -> FileFacts:
    """The facts of some bytes; those of a compat module are none of the program's author."""
    if COMPAT_MARK in data:
        return FileFacts(keras=True)
    found = FileFacts(
        keras=b"keras" in data,
        trains=any(word in data for word in _TRAINING_WORDS),
        keras1=any(has_word(data, mark) for mark in _KERAS1_MARKS),
        starred=b"import *" in data,
        layers=any(word in data for word in _LAYER_WORDS),
        python2=looks_like_python2(data),
        weights=(
            saved_weights(data) if b"save_weights" in data or b"Checkpoint" in data else frozenset()
        ),
        names=given_names(data) if b"keras" in data and b"name" in data else frozenset(),
        imports=tuple(dict.fromkeys(imports_in(data))),
        search=searched_folders(data) if b"sys.path" in data else (),
        arrays=array_layouts(data) if b"keras" in data else frozenset(),
    )
    return NOTHING if found == NOTHING else found


_WITH_STATISTICS = (b"BatchNormalization", b"ResNet50", b"InceptionV3", b"Xception")
# Each after plain words, one of which it has: so it is found fast.
TRAINING_MARKS = {
    "trainable": (
        (b"trainable",),
        # Not that of a variable which a layer makes for itself, as we write it, too.
        re.compile(
            rb"""\.trainable\s*=(?!=)|['"]trainable['"]"""
            rb"""|^(?![^\n]*(?:add_weight|Variable)\()[^\n]*\btrainable\s*=\s*(?!True\b)\w""",
            re.MULTILINE,
        ),
    ),
    "statistics": (_WITH_STATISTICS, re.compile(b"|".join(_WITH_STATISTICS))),
    "regularizer": ((b"egulariz",), re.compile(rb"_regularizer\s*=|ActivityRegularization")),
    "stateful": ((b"stateful",), re.compile(rb"\bstateful\s*=\s*(?!False)")),
    "batch logs": ((b"on_",), re.compile(rb"\bon_(?:train_)?batch_end\b")),
    "begins": ((b"on_train_begin",), re.compile(rb"\bon_train_begin\b")),
    "metrics_names": ((b"metrics_names",), re.compile(rb"\.metrics_names\b")),
    "masks": ((b"ask",), re.compile(rb"\bmask_zero\s*=\s*(?!False)|\bMasking\(")),
    "sample_weight": ((b"sample_weight",), re.compile(rb"\bsample_weight\s*=(?!\s*None)")),
    "sets rate": (
        (b"Scheduler", b"Plateau", b".lr"),
        re.compile(
            rb"LearningRateScheduler|ReduceLROnPlateau|\.lr\s*=(?!=)|\bset_value\([^,\n]*\.lr\b"
        ),
    ),
    "compiles": ((b"ompile",), re.compile(rb"(?<!\bre)\.compile\(|\bcompile_model\(")),
    "generators": (
        (b"fit_generator", b"steps_per_epoch"),
        re.compile(rb"\bfit_generator\b|\bsteps_per_epoch\b"),
    ),
    "told": (
        (b"Callback",),
        re.compile(
            rb"""\bself\.params\b(?!\s*=[^=])|\blogs(?:\[|\.get\()\s*['"](?:size|batch)['"]"""
        ),
    ),
    "validation_split": (
        (b"validation_split",),
        re.compile(rb"\bvalidation_split\s*=(?!\s*(?:None|0(?:\.0*)?)\s*[,)])"),
    ),
    "class_weight": ((b"class_weight",), re.compile(rb"\bclass_weight\s*=(?!\s*None)")),
}
"""What in one file of a program matters to what another file compiles."""


def training_marks(data: bytes) -> frozenset[str]:
    """The `TRAINING_MARKS` that some source has."""
    return frozenset(
        name
        for name, (words, mark) in TRAINING_MARKS.items()
        if any(word in data for word in words) and mark.search(data)
    )


# Each begins with a plain word, by which it is found fast.
_FROM = re.compile(rb"from[ \t]+([\w.]+)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n#;]*)")
_IMPORT = re.compile(rb"import[ \t]+([\w.]+[^\n#;]*)")
_BY_NAME = re.compile(rb"""import(?:_module|__)\s*\(\s*['"]([\w.]+)['"]""")
# Imported by so many files, and so surely not from the project, that they need not be remembered.
_NEVER_LOCAL = frozenset(
    b"__future__ os sys re math time datetime json collections itertools functools random copy "
    b"logging argparse subprocess shutil glob pickle cPickle unittest typing pathlib warnings "
    b"numpy scipy matplotlib pandas sklearn tensorflow theano torch keras h5py cv2 six".split()
)
_RUN = re.compile(
    rb"""(?:execfile\(\s*['"]|exec\(open\(['"])([\w./]+)\.py\b"""
    rb"""|%run[ \t]+(?:-\w+[ \t]+)*['"]?([\w./]+)"""
)
_NAME_OR_STAR = re.compile(rb"[A-Za-z_][\w.]*|\*")
_QUOTED = re.compile(rb"""['"]([^'"\n]+)['"]""")
_TO_SEARCH = re.compile(rb"sys\.path\.(?:insert|append|extend)\s*\(")


def imports_in(source: bytes) -> Iterator[tuple[str, str]]:
    """The modules that source imports, in its order, each with a name taken from it (or none)."""
    source = _lines_of_notebook(source)
    found: list[tuple[int, bytes, bytes]] = []
    for match in _FROM.finditer(source):
        if begins_line(source, match.start()):
            names = match.group(2).replace(b"\\n", b" ").strip(b"( ").split(b",")
            members = [first[0] for name in names if (first := _NAME_OR_STAR.search(name))]
            found += [(match.start(), match.group(1), member) for member in members or [b""]]
    for match in _IMPORT.finditer(source):
        if begins_line(source, match.start()):
            for name in match.group(1).split(b","):
                if first := _NAME_OR_STAR.match(name.strip()):
                    found.append((match.start(), first[0], b""))
    if b"import_module" in source or b"__import__" in source:
        found += [(m.start(), m.group(1), b"") for m in _BY_NAME.finditer(source)]
    if b"%run" in source or b"exec" in source:
        found += [(m.start(), _module_of(m[1] or m[2]), b"") for m in _RUN.finditer(source)]
    for _, module, member in sorted(found):
        if module.partition(b".")[0] in _NEVER_LOCAL:
            continue
        yield module.decode("ascii", "replace"), member.decode("ascii", "replace")


def _module_of(script: bytes) -> bytes:
    """``./tools/data.py`` as the module ``tools.data``."""
    return script.removesuffix(b".py").strip(b"./").replace(b"/", b".")


def _lines_of_notebook(source: bytes) -> bytes:
    """The source, where a notebook has no line of its own for each line of code."""
    if not source.startswith(b"{") or source.count(b"\n") > source.count(b"\\n"):
        return source
    return _STRING.sub(b'\n"', source).replace(b"\\n", b"\n").replace(b'\\"', b"'")


_STRING = re.compile(rb'(?<=[\[,:])[ ]?"')


def searched_folders(source: bytes) -> tuple[str, ...]:
    """The folders that source adds to ``sys.path``, without what leads up: ``../lib`` is ``lib``."""
    source = source.replace(b'\\"', b"'")  # as a notebook quotes
    found: dict[str, None] = {}
    for match in _TO_SEARCH.finditer(source):
        call = source[match.end() : _call_end(source, match.end() - 1)]
        quoted = b"/".join(_QUOTED.findall(call)).decode("utf-8", "replace")
        parts = [part for part in quoted.split("/") if part not in ("", ".", "..")]
        found["/".join(parts)] = None
    return tuple(folder for folder in found if folder)


_SAVES = re.compile(
    rb"""(save_weights|ModelCheckpoint)\s*\(\s*(?:filepath\s*=\s*)?(['"]([^'"]*)['"]\s*[,)])?"""
)
_ONLY_WEIGHTS = re.compile(rb"save_weights_only\s*=\s*True")


# Begins with a plain word: that is sought much faster than what may stand before it.
_NAME = re.compile(rb"""name\s*=\s*u?['"]([a-z0-9]+_[0-9]+)['"]""")
_ASKING = re.compile(rb"get_layer\s*\((?:\s|#[^\n]*\n)*")
_WORD_END = re.compile(rb"\w")


def given_names(source: bytes) -> frozenset[str]:
    """Names that source gives to something and that look like automatic ones: ``dense_1``."""
    return frozenset(
        match[1].decode("ascii")
        for match in _NAME.finditer(source)
        if not _WORD_END.match(source, max(0, match.start() - 1), match.start())
        and not _is_asked_for(source, match.start())
    )


def _is_asked_for(source: bytes, start: int) -> bool:
    """Whether a keyword that begins here is the first of ``get_layer(``."""
    call = source.rfind(b"get_layer", 0, start)
    return call >= 0 and _ASKING.fullmatch(source, call, start) is not None


_LAYOUT_WORDS = tuple((name.encode(), layout) for name, layout in ARRAY_LAYOUTS.items())


def array_layouts(source: bytes) -> frozenset[str]:
    """Layouts of the arrays of layers that source names; loaded models may have them all."""
    if b"load_model" in source or b"model_from_" in source:
        return frozenset(ARRAY_LAYOUTS.values())
    found = {layout for word, layout in _LAYOUT_WORDS if word in source}
    return frozenset(found | ({"conv"} if b"keras.applications" in source else set()))


def saved_weights(source: bytes) -> frozenset[str]:
    """Names under which a piece of source saves weights; ``""`` stands for computed names."""
    return frozenset(
        (match.group(3) or b"").decode("utf-8", "replace")
        for match in _SAVES.finditer(source)
        if match.group(1) == b"save_weights"
        or _ONLY_WEIGHTS.search(source, match.start(), _call_end(source, match.start()))
    )


def saved_models(source: bytes) -> frozenset[str]:
    """Names under which callbacks save whole models; ``""`` stands for computed names."""
    return frozenset(
        (match.group(3) or b"").decode("utf-8", "replace")
        for match in _SAVES.finditer(source)
        if match.group(1) == b"ModelCheckpoint"
        and not _ONLY_WEIGHTS.search(source, match.start(), _call_end(source, match.start()))
    )


def _call_end(source: bytes, start: int) -> int:
    """Where a call's parentheses close, near enough for a search."""
    depth = 0
    for position in range(start, min(len(source), start + 2_000)):
        depth += (source[position] == 0x28) - (source[position] == 0x29)
        if depth == 0 and source[position] == 0x29:
            return position
    return start


_PYTHON2_WORDS = (
    *(b"xrange(", b"raw_input(", b".iteritems(", b".iterkeys(", b".itervalues(", b".has_key("),
    *(b"cPickle", b"urllib2", b"unicode(", b"izip", b"izip_longest"),
)
# Sought by their first word, before anyone asks whether it begins its line.
_PYTHON2_STATEMENTS = (
    re.compile(rb"print(?:[ \t]+[^\s(=,.]|[ \t]*>>|[ \t]*\r?$)", re.MULTILINE),
    re.compile(rb"except[ \t]+[\w., ()]+,[ \t]*\w+:"),
    re.compile(rb"raise[ \t]+\w+,"),
)


def looks_like_python2(data: bytes) -> bool:
    """A cheap first look, before anything is parsed."""
    return any(has_word(data, word) for word in _PYTHON2_WORDS) or any(
        begins_line(data, match.start())
        for statement in _PYTHON2_STATEMENTS
        for match in statement.finditer(data)
    )
