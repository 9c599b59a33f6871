"""Lambdas: element by element, with axes, with slices, on two tensors."""
from keras.models import Model
from keras.layers import Input, Convolution2D, Lambda, Dense, Flatten, merge
from keras import backend as K


def halve(x):
    return x / 2.0


def channel_mean(x):
    return K.mean(x, axis=1, keepdims=True)


image = Input(shape=(3, 10, 12))
scaled = Lambda(lambda x: x * 2 - 1)(image)
x = Convolution2D(6, 3, 3, dim_ordering='th')(scaled)
x = Lambda(halve)(x)
x = Lambda(lambda x: K.relu(x))(x)
mean = Lambda(channel_mean, output_shape=(1, 8, 10))(x)
first = Lambda(lambda x: x[:, :3], output_shape=lambda s: (s[0], 3, s[2], s[3]))(x)
rows = Lambda(lambda x: K.sum(x, axis=2), output_shape=(6, 10))(x)
y = Convolution2D(4, 3, 3, dim_ordering='th')(first)
z = Convolution2D(4, 3, 3, dim_ordering='th')(mean)
both = merge([y, z], mode='sum')
out = Dense(5)(Flatten()(both))
model = Model(image, [out, rows])
