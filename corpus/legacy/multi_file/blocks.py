from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation
from keras.layers.normalization import BatchNormalization

import settings


def conv_bn_relu(x, nb_filter, nb_row, nb_col, subsample=(1, 1), border_mode='same', name=None):
    """Convolution, batch normalization, relu."""
    if name is not None:
        conv_name, bn_name = name + '_conv', name + '_bn'
    else:
        conv_name = bn_name = None
    x = Convolution2D(nb_filter, nb_row, nb_col,
                      subsample=subsample, border_mode=border_mode, name=conv_name)(x)
    x = BatchNormalization(axis=settings.BN_AXIS, name=bn_name)(x)
    return Activation('relu')(x)


def pool(x):
    return MaxPooling2D((2, 2))(x)
