from functools import partial

from keras.layers import Activation, Conv2D, GlobalAveragePooling2D, Input, MaxPooling2D, BatchNormalization
from keras.layers import LeakyReLU
from keras.models import Model
from keras1_compat import keras1_Convolution2D

# every convolution here is 'same'
Conv = partial(keras1_Convolution2D, border_mode='same')
Conv3 = partial(keras1_Convolution2D, nb_row=3, nb_col=3, border_mode='same', bias=False)


def conv_bn_leaky(**conv_params):
    nb_filter = conv_params["nb_filter"]
    nb_row = conv_params["nb_row"]
    nb_col = conv_params["nb_col"]
    subsample = conv_params.setdefault("subsample", (1, 1))
    border_mode = conv_params.setdefault("border_mode", "same")

    def f(input):
        conv = Conv2D(filters=nb_filter, kernel_size=(nb_row, nb_col),
                             strides=subsample, padding=border_mode)(input)
        return LeakyReLU(negative_slope=0.1)(BatchNormalization(axis=3)(conv))

    return f


def darknet(size=64, nb_classes=12):
    image = Input(shape=(size, size, 3))
    x = Conv(8, 3, 3)(image)
    x = MaxPooling2D()(x)
    x = Conv3(16, activation='relu')(x)
    x = MaxPooling2D()(x)
    x = conv_bn_leaky(nb_filter=32, nb_row=3, nb_col=3, subsample=(2, 2))(x)
    x = conv_bn_leaky(nb_filter=16, nb_row=1, nb_col=1, border_mode='valid')(x)
    x = Conv(nb_classes, 1, 1, activation='linear')(x)
    x = GlobalAveragePooling2D()(x)
    return Model(image, Activation('softmax')(x))
