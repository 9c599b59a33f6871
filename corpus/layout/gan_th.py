"""DCGAN for Theano: Dense to Reshape((channels, rows, cols)), and both models stacked."""
from keras.models import Sequential
from keras.layers import Dense, Activation, Flatten, Reshape, Dropout
from keras.layers.convolutional import Convolution2D, MaxPooling2D, UpSampling2D
from keras.layers.normalization import BatchNormalization
from keras.optimizers import SGD


def generator_model():
    model = Sequential()
    model.add(Dense(input_dim=20, output_dim=64))
    model.add(Activation('tanh'))
    model.add(Dense(8 * 5 * 6))
    model.add(BatchNormalization())
    model.add(Activation('tanh'))
    model.add(Reshape((8, 5, 6), input_shape=(8 * 5 * 6,)))
    model.add(UpSampling2D(size=(2, 2), dim_ordering='th'))
    model.add(Convolution2D(4, 5, 5, border_mode='same', dim_ordering='th'))
    model.add(Activation('tanh'))
    model.add(UpSampling2D(size=(2, 2), dim_ordering='th'))
    model.add(Convolution2D(1, 5, 5, border_mode='same', dim_ordering='th'))
    model.add(Activation('tanh'))
    return model


def discriminator_model():
    model = Sequential()
    model.add(Convolution2D(6, 5, 5, border_mode='same', input_shape=(1, 20, 24), dim_ordering='th'))
    model.add(Activation('tanh'))
    model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
    model.add(Convolution2D(8, 5, 5, dim_ordering='th'))
    model.add(Activation('tanh'))
    model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
    model.add(Flatten())
    model.add(Dense(32))
    model.add(Activation('tanh'))
    model.add(Dense(1))
    model.add(Activation('sigmoid'))
    return model


def generator_containing_discriminator(generator, discriminator):
    model = Sequential()
    model.add(generator)
    discriminator.trainable = False
    model.add(discriminator)
    return model


discriminator = discriminator_model()
generator = generator_model()
stacked = generator_containing_discriminator(generator, discriminator)
