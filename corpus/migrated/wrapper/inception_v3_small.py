"""The stem of an Inception V3 with the helper that everybody has."""
import warnings

from keras.models import Model
from keras.layers import Flatten, Dense, Input, BatchNormalization, concatenate, Activation
from keras.layers import Conv2D, MaxPooling2D, AveragePooling2D
from keras1_compat import keras1_Convolution2D

CHANNEL_AXIS = 3


def conv_bn_relu(x, nb_filter, nb_row, nb_col,
                 border_mode='same', subsample=(1, 1),
                 name=None):
    '''Utility function to apply conv + BN + relu.
    '''
    x = Conv2D(nb_filter, (nb_row, nb_col),
                      strides=subsample,   # strides
                      activation=None,
                      padding=border_mode, use_bias=False)(x)
    x = BatchNormalization(axis=CHANNEL_AXIS, epsilon=0.001)(x)
    return Activation('relu', name=name)(x)


def conv1x1(x, n, **kwargs):
    return keras1_Convolution2D(n, 1, 1, **kwargs)(x)


def stem(size=75):
    img = Input(shape=(size, size, 3))
    x = conv_bn_relu(img, 8, 3, 3, subsample=(2, 2), border_mode='valid')
    x = conv_bn_relu(x, 8, 3, 3, border_mode='valid')
    x = conv_bn_relu(x, 16, 3, 3)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)

    # mixed: factorized 7x7
    a = conv_bn_relu(x, 16, 1, 1)
    b = conv_bn_relu(x, 12, 1, 1)
    b = conv_bn_relu(b, 12, 1, 7)
    b = conv_bn_relu(b, 16, nb_row=7, nb_col=1)
    c = AveragePooling2D((3, 3), strides=(1, 1), padding='same')(x)
    c = conv1x1(c, 16, activation='relu', name='pool_proj')
    x = concatenate([a, b, c],
              axis=CHANNEL_AXIS,
              name='mixed0')
    x = AveragePooling2D((8, 8), strides=(8, 8), name='avg_pool')(x)
    x = Flatten(name='flatten')(x)
    return Model(img, Dense(10, activation='softmax', name='predictions')(x))
