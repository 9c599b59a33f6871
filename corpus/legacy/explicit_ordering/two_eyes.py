from keras.layers import Input, Dense, merge, Flatten, Permute
from keras.layers import Convolution2D as Conv, MaxPooling2D as Pool
import keras.layers as KL
from keras.models import Model

TF = 'tf'


def colour_stream(img):
    # camera pictures, channels at the end
    x = Conv(8, 3, 3, activation='relu', dim_ordering=TF)(img)
    x = Pool((2, 2), dim_ordering='tf')(x)
    return Flatten()(x)


def depth_stream(img):
    # the depth sensor delivers (1, rows, cols)
    x = Conv(4, 5, 5, activation='relu', dim_ordering='th')(img)
    x = KL.AveragePooling2D(dim_ordering='th')(x)
    x = KL.ZeroPadding2D((1, 1), 'th')(x)
    return KL.Flatten()(x)


def two_eyes():
    rgb, depth = Input((32, 32, 3)), Input((1, 32, 32))
    both = merge([colour_stream(rgb), depth_stream(depth)], mode='concat', concat_axis=1)
    return Model([rgb, depth], KL.Dense(3, activation='softmax')(both))
