"""The DQN of 2016: four frames as channels, a class that makes the network."""
from keras.models import Sequential
from keras.layers.core import Dense, Activation, Flatten
from keras.layers.convolutional import Convolution2D
from keras.optimizers import Adam

img_rows, img_cols, img_channels = 36, 40, 4


def buildmodel():
    model = Sequential()
    model.add(Convolution2D(8, 8, 8, subsample=(4, 4), border_mode='same',
                            input_shape=(img_channels, img_rows, img_cols), dim_ordering='th'))
    model.add(Activation('relu'))
    model.add(Convolution2D(8, 4, 4, subsample=(2, 2), border_mode='same', dim_ordering='th'))
    model.add(Activation('relu'))
    model.add(Flatten())
    model.add(Dense(16))
    model.add(Activation('relu'))
    model.add(Dense(2))
    model.compile(loss='mse', optimizer=Adam(lr=1e-4))
    return model


model = buildmodel()
