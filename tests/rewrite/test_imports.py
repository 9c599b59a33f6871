"""Imports follow what the rewritten code uses, in the lines of the author."""

from __future__ import annotations

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find, upgrade

MANUAL = Applicability.MANUAL


def test_names_go_into_the_lines_of_the_author() -> None:
    check_rewrite(
        """
        from keras.layers.convolutional import Convolution2D, MaxPooling2D
        from keras.layers.core import Dense
        from keras.layers import Input, merge
        i = Input((32, 32, 3))
        x = MaxPooling2D()(Convolution2D(8, 3, 3)(i))
        x = merge([x, x], mode='sum')
        x = Dense(output_dim=3)(x)
        """,
        """
        from keras.layers import Conv2D, MaxPooling2D
        from keras.layers import Dense
        from keras.layers import Input, add
        i = Input((32, 32, 3))
        x = MaxPooling2D()(Conv2D(8, (3, 3))(i))
        x = add([x, x])
        x = Dense(units=3)(x)
        """,
    )


def test_parenthesised_lines_keep_their_comments() -> None:
    check_rewrite(
        """
        from keras.layers.convolutional import (  # layers
            Convolution2D,  # the main one
            MaxPooling2D,
            ZeroPadding2D,   # padding
        )
        from keras.layers.core import (Dense, Dropout,
                                       Activation, Flatten)
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        """,
        """
        from keras.layers import (  # layers
            Conv2D,  # the main one
            MaxPooling2D,
            ZeroPadding2D,   # padding
        )
        from keras.layers import (Dense, Dropout,
                                       Activation, Flatten)
        x = Conv2D(8, (3, 3), data_format='channels_last')
        """,
    )


def test_a_name_goes_out_of_the_middle() -> None:
    check_rewrite(
        """
        from keras.layers import (
            Input,
            merge,  # goes
            Dense,
        )
        x = Dense(output_dim=3)
        """,
        """
        from keras.layers import (
            Input,
              # goes
            Dense,
        )
        x = Dense(units=3)
        """,
    )


def test_comments_behind_imports_stay() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense  # top
        from keras.layers.convolutional import Convolution2D; import os
        x = Dense(output_dim=3), Convolution2D(8, 3, 3, dim_ordering='tf')
        """,
        """
        from keras.layers import Dense  # top
        from keras.layers import Conv2D; import os
        x = Dense(units=3), Conv2D(8, (3, 3), data_format='channels_last')
        """,
    )


def test_unused_imports_are_set_right_or_go() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense, Merge
        from keras.layers.convolutional import Convolution2D
        from keras.models import Graph, Sequential
        from keras.optimizers import SGD
        """,
        """
        from keras.layers import Dense
        from keras.layers import Conv2D
        from keras.models import Sequential
        from keras.optimizers import SGD
        """,
    )


def test_a_line_that_is_all_gone() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        from keras.layers import Input
        x = Input((3,))
        """,
        """
        from keras.layers import Input
        x = Input((3,))
        """,
    )


def test_repeated_imports_of_the_author_stay() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        from keras.layers import Dense, Input
        from keras.layers.core import Dense
        x = Dense(output_dim=3)
        """,
        """
        from keras.layers import Dense
        from keras.layers import Dense, Input
        x = Dense(units=3)
        """,
    )


def test_names_of_another_module_get_a_line_below() -> None:
    check_rewrite(
        """
        from keras.layers import Dense, Highway, MaxoutDense
        a = Dense(output_dim=3)
        b = MaxoutDense(3)
        c = Highway()
        """,
        """
        from keras.layers import Dense
        from keras1_compat import Highway, MaxoutDense
        a = Dense(units=3)
        b = MaxoutDense(3)
        c = Highway()
        """,
    )


def test_inside_functions() -> None:
    check_rewrite(
        """
        def build():
            from keras.layers.convolutional import Convolution2D
            from keras.layers import merge
            a = Convolution2D(8, 3, 3, dim_ordering='tf')
            return merge([a, a], mode='sum')
        def other():
            from keras.layers import merge
            return merge([1, 2], mode='concat')
        """,
        """
        def build():
            from keras.layers import Conv2D
            from keras.layers import add
            a = Conv2D(8, (3, 3), data_format='channels_last')
            return add([a, a])
        def other():
            from keras.layers import concatenate
            return concatenate([1, 2])
        """,
    )


def test_bodies_that_lose_their_only_statement() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        def nothing():
            from keras.layers import merge
            from keras.layers import Merge
        try:
            from keras.layers import merge
        except ImportError:
            from keras.layers import Dense
        """,
        """
        from keras.models import Sequential
        def nothing():
            pass
        try:
            pass
        except ImportError:
            from keras.layers import Dense
        """,
    )


def test_clash_with_names_of_the_user() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, Input, merge
        from mylib import Conv2D, add
        i = Input(shape=(32, 32, 3))
        x = Convolution2D(8, 3, 3)(i)
        y = merge([x, Conv2D(1, 2, 3)(x)], mode='sum')
        z = add(1, 2)
        """,
        """
        from keras.layers import Conv2D as KerasConv2D, Input, add as keras_add
        from mylib import Conv2D, add
        i = Input(shape=(32, 32, 3))
        x = KerasConv2D(8, (3, 3))(i)
        y = keras_add([x, Conv2D(1, 2, 3)(x)])
        z = add(1, 2)
        """,
    )


def test_clash_with_a_name_called_ops() -> None:
    check_rewrite(
        """
        from keras import backend as K
        import operator as ops
        x = K.clip(1, 0, 1)
        y = ops.add(1, 2)
        """,
        """
        from keras import ops as keras_ops
        import operator as ops
        x = keras_ops.clip(1, 0, 1)
        y = ops.add(1, 2)
        """,
    )


def test_clash_with_a_parameter() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        def total(add, tensors):
            return merge(tensors, mode='sum'), add(1)
        """,
        """
        from keras.layers import add as keras_add
        def total(add, tensors):
            return keras_add(tensors), add(1)
        """,
    )


def test_star_imports_of_old_modules() -> None:
    check_rewrite(
        """
        from keras.layers.convolutional import *
        from keras.layers.core import *
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = Dense(output_dim=3)
        """,
        """
        from keras.layers import *
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = Dense(units=3)
        """,
    )


def test_a_star_import_never_becomes_one_of_all_keras() -> None:
    for old, new in [
        ("objectives", "losses"),
        ("initializations", "initializers"),
        ("engine.training", "models"),
        ("engine.topology", "layers"),
    ]:
        check_rewrite(
            f"from keras.{old} import *\nimport models\n",
            f"from keras.{new} import *\nimport models\n",
        )


def test_names_that_leak_through_stars() -> None:
    check_rewrite(
        """
        from keras.layers import *
        a = np.zeros(K.floatx())
        """,
        """
        from keras.layers import *
        import numpy as np
        from keras.backend import floatx
        a = np.zeros(floatx())
        """,
    )


def test_what_was_gone_before_the_last_keras_1_is_written_out() -> None:
    result = upgrade("from keras.preprocessing.text import base_filter\nx = base_filter() + 'a'\n")
    assert "x = '!\"#$%&()*+,-./" in result.new and "import" not in result.new


def test_an_import_stays_while_a_use_is_left_to_do() -> None:
    result = check_rewrite(
        """
        from keras.layers import Input, merge
        a = Input((3,))
        b = merge([a, a], mode='sum')
        c = merge([a, a], mode='sum', output_mask=lambda masks: masks[0])
        """,
        """
        from keras.layers import Input, add
        from keras1_compat import keras1_only
        merge = keras1_only(
            'keras.layers.merge',
            'KM302: merge: `output_mask=` has no counterpart: subclass keras.layers.Layer and say '
            'what becomes of masks',
        )
        a = Input((3,))
        b = add([a, a])
        c = merge([a, a], mode='sum', output_mask=lambda masks: masks[0])
        """,
    )
    find(result, "KM302", "`output_mask=` has no counterpart", MANUAL)


def test_aliases_of_modules_that_moved() -> None:
    check_rewrite(
        """
        from keras.utils import np_utils, visualize_util
        from keras import objectives, initializations
        y = np_utils.to_categorical([1, 2], 3)
        loss = objectives.mean_squared_error
        """,
        """
        from keras.utils import to_categorical
        from keras.losses import mean_squared_error
        y = to_categorical([1, 2], 3)
        loss = mean_squared_error
        """,
    )


def test_import_of_a_later_line_is_not_needed_twice() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense
        from keras.layers.convolutional import Convolution2D
        from keras.layers import Conv2D
        a = Convolution2D(8, 3, 3, dim_ordering='tf')
        b = Dense(output_dim=3)
        """,
        """
        from keras.layers import Dense
        from keras.layers import Conv2D
        a = Conv2D(8, (3, 3), data_format='channels_last')
        b = Dense(units=3)
        """,
    )


def test_old_variables_of_the_backend() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.backend import _EPSILON
        x = K._BACKEND
        y = _EPSILON + 1
        """,
        """
        from keras import backend as K
        from keras.backend import epsilon
        x = K.backend()
        y = epsilon() + 1
        """,
    )


def test_files_without_imports_of_keras_stay() -> None:
    check_noop("""
        import numpy as np
        x = np.zeros(3)
        """)


def test_a_builtin_that_came_through_keras_needs_no_import() -> None:
    check_rewrite(
        "from keras.optimizers import *\nsgd = SGD(lr=0.1)\nfor a, b in zip(x, y):\n    pass\n",
        "from keras.optimizers import *\nsgd = SGD(learning_rate=0.1)\n"
        "for a, b in zip(x, y):\n    pass\n",
    )


def test_a_part_of_another_library_that_came_through_keras() -> None:
    check_rewrite(
        "from keras.callbacks import *\nlast = deque(maxlen=3)\n",
        "from keras.callbacks import *\nfrom collections import deque\nlast = deque(maxlen=3)\n",
    )


def test_a_library_that_is_reached_through_a_module_of_keras() -> None:
    head = "from keras import backend as K\n{}foo = K.floatx()\n"
    body = "a = {0}.nn.relu(x)\nb = {0}.{1}(x, y)\n"
    result = check_rewrite(
        head.format("") + body.format("K.tf", "mul"),
        head.format("import tensorflow as tf\n") + body.format("tf", "multiply"),
    )
    find(result, "KM101", "K.tf → tf: tensorflow imported", Applicability.AUTOMATIC)
    check_rewrite(
        head.format("import tensorflow as TF\n") + "K.tf.shape(x)\n",
        head.format("import tensorflow as TF\n") + "TF.shape(x)\n",
    )
    check_manual(head.format("") + "K.tf.Session()\n", "KM504", "without sessions")
    check_manual(head.format("tf = 3\n") + "K.tf.shape(x)\n", "KM102", "backend.tf")
    check_manual(head.format("") + "K.T.tensor4('x')\n", "KM102", "is Theano's")


def test_a_star_of_today_hides_nothing() -> None:
    body = "x = dot(a, b)\ny = Dense(3{})\nz = Flatten()\n"
    check_rewrite(
        "from numpy import *\nfrom keras.layers.core import *\n" + body.format(", bias=False"),
        "from numpy import *\nfrom keras.layers import Dense, Flatten\n"
        + body.format(", use_bias=False"),
    )
    check_rewrite(
        "from numpy import dot\nfrom keras.layers import *\n" + body.format(", bias=False"),
        "from numpy import dot\nfrom keras.layers import Dense, Flatten\n"
        + body.format(", use_bias=False"),
    )
    check_rewrite(
        "from keras.layers.core import *\nfrom numpy import *\n" + body.format(", bias=False"),
        "from keras.layers import *\nfrom numpy import *\n" + body.format(", use_bias=False"),
    )


def test_names_are_imported_before_they_are_used() -> None:
    model = "model = Sequential()\nmodel.compile({}, 'mse')\nmodel.add(Dense(3, {}))\n"
    head = "from keras.models import Sequential\nfrom keras.layers import Dense\n"
    later = "from keras.models import Model\nfrom keras.optimizers import SGD\n"
    check_rewrite(
        head + model.format("'adam'", "bias=False") + later + "SGD(lr=0.1)\n",
        head
        + "from keras.optimizers import Adam\n"
        + model.format("Adam(epsilon=1e-08)", "use_bias=False")
        + later
        + "SGD(learning_rate=0.1)\n",
    )


def test_a_name_that_moves_to_another_line_comes_in_time() -> None:
    check_rewrite(
        "from keras.layers.core import Dense\nDense(3, bias=False)\n"
        "from keras.layers import Flatten\nFlatten()\n",
        "from keras.layers import Dense\nDense(3, use_bias=False)\n"
        "from keras.layers import Flatten\nFlatten()\n",
    )
    check_rewrite(
        "from keras.utils.np_utils import to_categorical, categorical_probas_to_classes\n"
        "y = to_categorical([1, 2])\nz = categorical_probas_to_classes(y)\n"
        "from keras1_compat import hard_sigmoid\n",
        "from keras.utils import to_categorical\n"
        "from keras1_compat import categorical_probas_to_classes\n"
        "y = to_categorical([1, 2])\nz = categorical_probas_to_classes(y)\n"
        "from keras1_compat import hard_sigmoid\n",
    )


def test_a_new_name_is_free_in_every_function() -> None:
    source = """
        from keras.layers import Dense
        def train(hard_sigmoid, path):
            weights_path = path + '.h5'
            model.add(Dense(3, activation='hard_sigmoid', init='zero'))
            model.save_weights(weights_path)
        """
    new = upgrade(source).new
    assert "activation=keras_hard_sigmoid" in new
    assert "save_weights(keras_weights_path(weights_path))" in new
    assert "import hard_sigmoid as keras_hard_sigmoid, weights_path as keras_weights_path" in new


def test_modules_that_keras_imports_with_pydot_only() -> None:
    check_rewrite(
        "from keras.utils import visualize_util\nvisualize_util.plot(model, 'net.png')\n",
        "from keras.utils import plot_model\nplot_model(model, 'net.png', show_layer_names=True)\n",
    )


def test_one_function_under_two_paths_is_imported_once() -> None:
    check_rewrite(
        "from keras.preprocessing.image import load_img\n"
        "from keras.layers import Dense\n"
        "Dense(output_dim=1)\na = load_img('a.png')\nb = load_img('b.png', grayscale=True)\n",
        "from keras.utils import load_img\n"
        "from keras.layers import Dense\n"
        "Dense(units=1)\na = load_img('a.png')\nb = load_img('b.png', color_mode='grayscale')\n",
    )
