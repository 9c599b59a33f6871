"""Builders chosen by name from a dict, and a helper that nobody calls here."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, AveragePooling2D, Dense, Flatten, BatchNormalization


def plain(x, n):
    return Convolution2D(n, 3, 3, activation='relu', dim_ordering='th')(x)


def strided(x, n):
    return Convolution2D(n, 3, 3, subsample=(2, 2), activation='relu', dim_ordering='th')(x)


BLOCKS = {'plain': plain, 'strided': strided}


def build(kinds=('plain', 'strided'), pooling='max'):
    image = Input(shape=(3, 22, 26))
    x = image
    for i, kind in enumerate(kinds):
        x = BLOCKS[kind](x, 4 + i)
    pool = MaxPooling2D((2, 2), dim_ordering='th') if pooling == 'max' else AveragePooling2D((2, 2), dim_ordering='th')
    x = pool(x)
    return Model(image, Dense(4)(Flatten()(x)))


def head(features, classes):
    y = Convolution2D(classes, 1, 1, dim_ordering='th')(features)
    return y


model = build()
