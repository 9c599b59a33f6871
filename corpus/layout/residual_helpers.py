"""ResNet for Theano with helpers that get the input first and feature maps later."""
from keras.models import Model
from keras.layers import (Input, Activation, merge, Dense, Flatten)
from keras.layers.convolutional import Convolution2D, MaxPooling2D, AveragePooling2D
from keras.layers.normalization import BatchNormalization
from keras import backend as K
K.set_image_dim_ordering('th')

ROW_AXIS, COL_AXIS, CHANNEL_AXIS = 2, 3, 1


def _bn_relu(input):
    norm = BatchNormalization(mode=0, axis=CHANNEL_AXIS)(input)
    return Activation("relu")(norm)


def _conv_bn_relu(nb_filter, nb_row, nb_col, subsample=(1, 1)):
    def f(input):
        conv = Convolution2D(nb_filter=nb_filter, nb_row=nb_row, nb_col=nb_col, subsample=subsample,
                             init="he_normal", border_mode="same")(input)
        return _bn_relu(conv)
    return f


def _bn_relu_conv(nb_filter, nb_row, nb_col, subsample=(1, 1)):
    def f(input):
        activation = _bn_relu(input)
        return Convolution2D(nb_filter=nb_filter, nb_row=nb_row, nb_col=nb_col, subsample=subsample,
                             init="he_normal", border_mode="same")(activation)
    return f


def _shortcut(input, residual):
    stride_width = input._keras_shape[ROW_AXIS] // residual._keras_shape[ROW_AXIS]
    stride_height = input._keras_shape[COL_AXIS] // residual._keras_shape[COL_AXIS]
    equal_channels = residual._keras_shape[CHANNEL_AXIS] == input._keras_shape[CHANNEL_AXIS]
    shortcut = input
    if stride_width > 1 or stride_height > 1 or not equal_channels:
        shortcut = Convolution2D(nb_filter=residual._keras_shape[CHANNEL_AXIS], nb_row=1, nb_col=1,
                                 subsample=(stride_width, stride_height),
                                 init="he_normal", border_mode="valid")(input)
    return merge([shortcut, residual], mode="sum")


def basic_block(nb_filter, init_subsample=(1, 1)):
    def f(input):
        conv1 = _bn_relu_conv(nb_filter, 3, 3, subsample=init_subsample)(input)
        residual = _bn_relu_conv(nb_filter, 3, 3)(conv1)
        return _shortcut(input, residual)
    return f


def resnet(input_shape, num_outputs, repetitions):
    input = Input(shape=input_shape)
    conv1 = _conv_bn_relu(nb_filter=4, nb_row=7, nb_col=7, subsample=(2, 2))(input)
    pool1 = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), border_mode="same")(conv1)
    block = pool1
    nb_filters = 4
    for i, r in enumerate(repetitions):
        for j in range(r):
            init_subsample = (2, 2) if j == 0 and i > 0 else (1, 1)
            block = basic_block(nb_filter=nb_filters, init_subsample=init_subsample)(block)
        nb_filters *= 2
    block = _bn_relu(block)
    pool2 = AveragePooling2D(pool_size=(2, 2), strides=(1, 1))(block)
    flatten1 = Flatten()(pool2)
    dense = Dense(output_dim=num_outputs, init="he_normal", activation="softmax")(flatten1)
    return Model(input=input, output=dense)


model = resnet((3, 32, 40), 10, [2, 2])
