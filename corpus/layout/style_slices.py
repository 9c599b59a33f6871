"""Tensors used in plain arithmetic and through the backend while a graph is put together."""
from keras.models import Model
from keras.layers import Input, Convolution2D, Lambda, Activation, merge, Flatten, Dense
from keras import backend as K

image = Input(shape=(3, 9, 11))
a = Convolution2D(4, 3, 3, dim_ordering='th', border_mode='same')(image)
channels = K.int_shape(a)[1]
rows = a._keras_shape[2]
b = Convolution2D(channels, 3, 3, dim_ordering='th', border_mode='same')(a)
c = Lambda(lambda t: t[0] * t[1], output_shape=lambda s: s[0])([a, b])
d = Convolution2D(rows, 1, 1, dim_ordering='th')(c)
model = Model(image, Dense(3)(Flatten()(d)))
