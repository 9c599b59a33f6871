"""Layers of the project's own, between convolutions; one of them knows the axes."""
from keras.models import Model
from keras.engine.topology import Layer
from keras.layers import Input, Convolution2D, Dense, Flatten
from keras import backend as K


class LRN(Layer):
    def __init__(self, alpha=1e-4, k=2, beta=0.75, **kwargs):
        self.alpha, self.k, self.beta = alpha, k, beta
        super(LRN, self).__init__(**kwargs)

    def call(self, x, mask=None):
        squared = K.sum(K.square(x), axis=1, keepdims=True)
        return x / K.pow(self.k + self.alpha * squared, self.beta)

    def get_output_shape_for(self, input_shape):
        return input_shape


image = Input(shape=(3, 14, 12))
x = Convolution2D(6, 3, 3, activation='relu', dim_ordering='th')(image)
x = LRN()(x)
x = Convolution2D(5, 3, 3, activation='relu', dim_ordering='th')(x)
x = LRN(alpha=0.1)(x)
model = Model(image, Dense(4)(Flatten()(x)))
