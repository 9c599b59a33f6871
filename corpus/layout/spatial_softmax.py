"""A softmax over all pixels of each channel, by Reshape, and back to a map."""
from keras.models import Model
from keras.layers import Input, Convolution2D, Reshape, Activation, Dense, Flatten

image = Input(shape=(3, 12, 10))
x = Convolution2D(6, 3, 3, dim_ordering='th', activation='relu')(image)
maps = Reshape((6, 80))(x)
where = Activation('softmax')(maps)
where = Reshape((6, 10, 8))(where)
row = Convolution2D(4, 1, 1, dim_ordering='th')(where)
out = Dense(5)(Flatten()(row))
model = Model(image, out)
