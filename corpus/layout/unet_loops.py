"""U-Net written with loops and a list of skips."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, UpSampling2D, merge, BatchNormalization, Activation
import keras.backend as K


def block(x, n):
    for _ in range(2):
        x = Convolution2D(n, 3, 3, border_mode='same', dim_ordering='th')(x)
        x = BatchNormalization(axis=1)(x)
        x = Activation('relu')(x)
    return x


def unet(depth=3, start=4, shape=(2, 16, 24)):
    inputs = Input(shape)
    x = inputs
    skips = []
    for i in range(depth - 1):
        x = block(x, start * 2 ** i)
        skips.append(x)
        x = MaxPooling2D((2, 2), dim_ordering='th')(x)
    x = block(x, start * 2 ** (depth - 1))
    for i in reversed(range(depth - 1)):
        x = UpSampling2D((2, 2), dim_ordering='th')(x)
        x = merge([skips[i], x], mode='concat', concat_axis=1)
        x = block(x, start * 2 ** i)
    x = Convolution2D(1, 1, 1, activation='sigmoid', dim_ordering='th')(x)
    return Model(inputs, x)


model = unet()
model.compile('adam', 'binary_crossentropy')
