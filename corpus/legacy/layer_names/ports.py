# Names as in the caffemodel, so that the converted weights find their layers.
from keras.layers import *
from keras.models import Model
from keras.layers.convolutional import *


def reduce_and_conv(x, nb_reduce, nb_out):
    x = Convolution2D(nb_reduce, 1, 1, activation='relu', name='inception/3x3_reduce')(x)
    return Convolution2D(nb_out, 3, 3, activation='relu', border_mode='same', name='inception/3x3')(x)


def tiny():
    data = Input(shape=(20, 20, 3), name='data')
    left = reduce_and_conv(data, 4, 8)
    right = Convolution2D(8, 1, 1, name='inception/1x1')(data)
    both = merge([left, right], mode='max', name='inception/output')
    twice = merge([both, right], mode='mul')
    return Model(input=data, output=GlobalMaxPooling2D(name='pool')(twice))
