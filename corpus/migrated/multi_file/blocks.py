from keras.layers import Conv2D, MaxPooling2D
from keras.layers import Activation
from keras.layers import BatchNormalization

import settings


def conv_bn_relu(x, nb_filter, nb_row, nb_col, subsample=(1, 1), border_mode='same', name=None):
    """Convolution, batch normalization, relu."""
    if name is not None:
        conv_name, bn_name = name + '_conv', name + '_bn'
    else:
        conv_name = bn_name = None
    x = Conv2D(nb_filter, (nb_row, nb_col),
                      strides=subsample, padding=border_mode, name=conv_name, data_format='channels_first')(x)
    x = BatchNormalization(axis=settings.BN_AXIS, name=bn_name)(x)
    return Activation('relu')(x)


def pool(x):
    return MaxPooling2D((2, 2), data_format='channels_first')(x)
