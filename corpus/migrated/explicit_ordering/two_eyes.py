import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras.layers import Input, Dense, concatenate, Flatten, Permute
from keras.layers import Conv2D as Conv, MaxPooling2D as Pool
import keras.layers as KL
from keras.models import Model

TF = 'channels_last'


def colour_stream(img):
    # camera pictures, channels at the end
    x = Conv(8, (3, 3), activation='relu', data_format=TF)(img)
    x = Pool((2, 2), data_format='channels_last')(x)
    return Flatten()(x)


def depth_stream(img):
    # the depth sensor delivers (1, rows, cols)
    x = Conv(4, (5, 5), activation='relu', data_format='channels_first')(img)
    x = KL.AveragePooling2D(data_format='channels_first', pool_size=(2, 2))(x)
    x = KL.ZeroPadding2D((1, 1), 'channels_first')(x)
    return KL.Flatten()(x)


def two_eyes():
    rgb, depth = Input((32, 32, 3)), Input((1, 32, 32))
    both = concatenate([colour_stream(rgb), depth_stream(depth)], axis=1)
    return Model([rgb, depth], KL.Dense(3, activation='softmax')(both))
