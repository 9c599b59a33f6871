# Names as in the caffemodel, so that the converted weights find their layers.
from keras.layers import *
from keras.models import Model


def reduce_and_conv(x, nb_reduce, nb_out):
    x = Conv2D(nb_reduce, (1, 1), activation='relu', name='inception_3x3_reduce')(x)
    return Conv2D(nb_out, (3, 3), activation='relu', padding='same', name='inception_3x3')(x)


def tiny():
    data = Input(shape=(20, 20, 3), name='data')
    left = reduce_and_conv(data, 4, 8)
    right = Conv2D(8, (1, 1), name='inception_1x1')(data)
    both = maximum([left, right], name='inception_output')
    twice = multiply([both, right])
    return Model(inputs=data, outputs=GlobalMaxPooling2D(name='pool')(twice))
