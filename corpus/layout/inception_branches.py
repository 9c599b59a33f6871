"""Inception v3's stem and two mixed blocks for Theano: lists of branches, axis in a variable."""
from keras.models import Model
from keras.layers import Input, Flatten, Dense, Activation, merge
from keras.layers import Convolution2D, MaxPooling2D, AveragePooling2D
from keras.layers.normalization import BatchNormalization
import keras.backend as K
K.set_image_dim_ordering('th')


def conv2d_bn(x, nb_filter, nb_row, nb_col, border_mode='same', subsample=(1, 1), name=None):
    if name is not None:
        bn_name = name + '_bn'
        conv_name = name + '_conv'
    else:
        bn_name = None
        conv_name = None
    if K.image_dim_ordering() == 'th':
        bn_axis = 1
    else:
        bn_axis = 3
    x = Convolution2D(nb_filter, nb_row, nb_col, subsample=subsample, activation='relu',
                      border_mode=border_mode, name=conv_name)(x)
    x = BatchNormalization(axis=bn_axis, name=bn_name)(x)
    return x


def build():
    if K.image_dim_ordering() == 'th':
        channel_axis = 1
        img_input = Input(shape=(3, 40, 44))
    else:
        channel_axis = 3
        img_input = Input(shape=(40, 44, 3))
    x = conv2d_bn(img_input, 4, 3, 3, subsample=(2, 2), border_mode='valid')
    x = conv2d_bn(x, 6, 3, 3)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    for i in range(2):
        branch1x1 = conv2d_bn(x, 4, 1, 1)
        branch5x5 = conv2d_bn(x, 3, 1, 1)
        branch5x5 = conv2d_bn(branch5x5, 4, 5, 5)
        branch_pool = AveragePooling2D((3, 3), strides=(1, 1), border_mode='same')(x)
        branch_pool = conv2d_bn(branch_pool, 4, 1, 1)
        x = merge([branch1x1, branch5x5, branch_pool], mode='concat', concat_axis=channel_axis,
                  name='mixed' + str(i))
    x = AveragePooling2D((8, 8), strides=(8, 8), name='avg_pool')(x)
    x = Flatten(name='flatten')(x)
    x = Dense(10, activation='softmax', name='predictions')(x)
    return Model(img_input, x)


model = build()
