from keras import backend as K
from keras.layers import Input, concatenate
from keras.layers import Activation, Dropout
from keras.layers import Conv2D, MaxPooling2D
from keras.layers import GlobalAveragePooling2D
from keras.models import Model
from keras1_compat import data_format


def fire_module(x, squeeze, expand, dim_ordering):
    axis = {'channels_first': 1, 'channels_last': 3}[dim_ordering]
    x = Conv2D(squeeze, (1, 1), activation='relu', data_format=data_format(dim_ordering))(x)
    left = Conv2D(expand, (1, 1), activation='relu', data_format=data_format(dim_ordering))(x)
    right = Conv2D(expand, (3, 3), padding='same', activation='relu', data_format=data_format(dim_ordering))(x)
    return concatenate([left, right], axis=axis)


def get_squeezenet(nb_classes, dim_ordering='default'):
    if dim_ordering == 'default':
        dim_ordering = K.image_data_format()
    if dim_ordering not in ('channels_first', 'channels_last'):
        raise ValueError('dim_ordering is th or tf, not ' + str(dim_ordering))

    if dim_ordering == 'channels_first':
        img = Input(shape=(3, 63, 63))
    else:
        img = Input(shape=(63, 63, 3))

    x = Conv2D(16, (3, 3), strides=(2, 2), activation='relu', data_format=data_format(dim_ordering))(img)
    x = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), data_format=data_format(dim_ordering))(x)
    x = fire_module(x, 8, 16, dim_ordering)
    x = fire_module(x, squeeze=8, expand=24, dim_ordering=dim_ordering)
    x = Dropout(0.5)(x)
    x = Conv2D(nb_classes, (1, 1), data_format=data_format(dim_ordering))(x)
    x = Activation('relu')(x)
    x = GlobalAveragePooling2D(data_format=data_format(dim_ordering))(x)
    return Model(inputs=img, outputs=Activation('softmax')(x))
