from keras import backend as K
from keras.layers import Input, merge
from keras.layers.core import Activation, Dropout
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.pooling import GlobalAveragePooling2D
from keras.models import Model


def fire_module(x, squeeze, expand, dim_ordering):
    axis = {'th': 1, 'tf': 3}[dim_ordering]
    x = Convolution2D(squeeze, 1, 1, activation='relu', dim_ordering=dim_ordering)(x)
    left = Convolution2D(expand, 1, 1, activation='relu', dim_ordering=dim_ordering)(x)
    right = Convolution2D(expand, 3, 3, border_mode='same', activation='relu', dim_ordering=dim_ordering)(x)
    return merge([left, right], mode='concat', concat_axis=axis)


def get_squeezenet(nb_classes, dim_ordering='default'):
    if dim_ordering == 'default':
        dim_ordering = K.image_dim_ordering()
    if dim_ordering not in ('th', 'tf'):
        raise ValueError('dim_ordering is th or tf, not ' + str(dim_ordering))

    if dim_ordering == 'th':
        img = Input(shape=(3, 63, 63))
    else:
        img = Input(shape=(63, 63, 3))

    x = Convolution2D(16, 3, 3, subsample=(2, 2), activation='relu', dim_ordering=dim_ordering)(img)
    x = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), dim_ordering=dim_ordering)(x)
    x = fire_module(x, 8, 16, dim_ordering)
    x = fire_module(x, squeeze=8, expand=24, dim_ordering=dim_ordering)
    x = Dropout(0.5)(x)
    x = Convolution2D(nb_classes, 1, 1, dim_ordering=dim_ordering)(x)
    x = Activation('relu')(x)
    x = GlobalAveragePooling2D(dim_ordering=dim_ordering)(x)
    return Model(input=img, output=Activation('softmax')(x))
