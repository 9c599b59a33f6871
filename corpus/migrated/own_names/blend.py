"""Names of Keras that are somebody else's here."""
from numpy import concatenate, zeros

from keras.layers import Flatten, Dense
from keras.layers import Input, concatenate as keras_merge
from keras.models import Model as KerasModel
from keras1_compat import keras1_Convolution2D


def merge(pictures, mode='concat', concat_axis=0):
    """Stack pictures, these are arrays."""
    return concatenate(pictures, axis=concat_axis)


class Convolution(object):
    """What to build, see `build`."""

    def __init__(self, nb_filter, nb_row, nb_col, border_mode='same', subsample=(1, 1)):
        self.nb_filter = nb_filter
        self.size = (nb_row, nb_col)
        self.border_mode = border_mode
        self.subsample = subsample

    def layer(self):
        return keras1_Convolution2D(self.nb_filter, *self.size, border_mode=self.border_mode, subsample=self.subsample)


class Model(object):
    def __init__(self, input, output):
        self.input, self.output = input, output
        self.init = 'normal'

    def compile(self):
        return KerasModel(inputs=self.input, outputs=self.output)


def build(rows=24, cols=24):
    plan = [Convolution(8, 3, 3), Convolution(8, nb_row=5, nb_col=1, subsample=(2, 2))]
    picture = Input(shape=(rows, cols, 3))
    mask = Input(shape=(rows, cols, 1))
    x = keras_merge([picture, mask], axis=3)
    for step in plan:
        x = step.layer()(x)
    x = Dense(units=5)(Flatten()(x))
    return Model(input=[picture, mask], output=x).compile()


if __name__ == '__main__':
    batch = merge([zeros((2, 24, 24, 3)), zeros((1, 24, 24, 3))], mode='concat', concat_axis=0)
    print(build().predict([batch, batch[..., :1]]).shape)
