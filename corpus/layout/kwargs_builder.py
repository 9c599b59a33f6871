"""Arguments of the convolutions in a dict and in functools.partial, a class that builds."""
from functools import partial
from keras.models import Model, Sequential
from keras.layers import Input, Convolution2D, MaxPooling2D, Dense, Flatten, Dropout

conv_args = dict(border_mode='same', activation='relu', dim_ordering='th')
conv = partial(Convolution2D, border_mode='same', activation='relu', dim_ordering='th')


class Net(object):
    def __init__(self, channels, rows, cols):
        self.shape = (channels, rows, cols)
        self.model = None

    def build(self):
        self.model = Sequential()
        self.model.add(Convolution2D(6, 3, 3, input_shape=self.shape, dim_ordering='th'))
        self._block(8)
        self._block(10)
        self.model.add(Flatten())
        self.model.add(Dense(4))
        return self.model

    def _block(self, n):
        self.model.add(Convolution2D(n, 3, 3, **conv_args))
        self.model.add(MaxPooling2D((2, 2), dim_ordering='th'))
        self.model.add(Dropout(0.1))


sequential = Net(3, 20, 24).build()
image = Input((3, 20, 24))
x = conv(4, 3, 3)(image)
x = conv(5, 3, 3)(x)
functional = Model(image, Dense(3)(Flatten()(x)))
