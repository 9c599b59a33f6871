"""PReLU with one weight a channel, and with one a pixel."""
from keras.models import Sequential
from keras.layers import Convolution2D, Dense, Flatten
from keras.layers.advanced_activations import PReLU, LeakyReLU, ELU

model = Sequential()
model.add(Convolution2D(5, 3, 3, input_shape=(2, 11, 13), dim_ordering='th'))
model.add(PReLU(shared_axes=[2, 3]))
model.add(Convolution2D(6, 3, 3, dim_ordering='th'))
model.add(PReLU())
model.add(Convolution2D(6, 3, 3, dim_ordering='th'))
model.add(LeakyReLU(0.1))
model.add(ELU())
model.add(Flatten())
model.add(Dense(4))
