import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras.layers import Input, Dense, GlobalAveragePooling2D, average
from keras.models import Model
from keras.initializers import VarianceScaling

from blocks import conv_bn_relu, pool
from settings import *


def build():
    img = Input(shape=INPUT_SHAPE)
    x = conv_bn_relu(img, NB_FILTERS[0], 7, 7, subsample=(2, 2), name='stem')
    for i, nb in enumerate(NB_FILTERS[1:]):
        wide = conv_bn_relu(x, nb, 1, KERNEL, name='wide%d' % i)
        tall = conv_bn_relu(x, nb, KERNEL, 1, name='tall%d' % i)
        x = average([wide, tall])
        x = pool(x)
    x = conv_bn_relu(x, nb_filter=64, nb_row=1, nb_col=1, border_mode='valid')
    x = GlobalAveragePooling2D(data_format='channels_first')(x)
    x = Dense(NB_CLASSES, activation='softmax', kernel_initializer=VarianceScaling(1.0, 'fan_avg', 'untruncated_normal'))(x)
    return Model(img, x)


if __name__ == '__main__':
    build().summary()
