"""Squeeze and excitation, and a mask of one channel that multiplies all others."""
from keras.models import Model
from keras.layers import Input, Convolution2D, GlobalAveragePooling2D, Dense, Reshape, merge, Flatten

image = Input(shape=(3, 12, 14))
x = Convolution2D(8, 3, 3, dim_ordering='th', border_mode='same')(image)
s = GlobalAveragePooling2D(dim_ordering='th')(x)
s = Dense(4, activation='relu')(s)
s = Dense(8, activation='sigmoid')(s)
s = Reshape((8, 1, 1))(s)
m = Convolution2D(8, 1, 1, activation='sigmoid', dim_ordering='th')(x)
y = merge([x, m], mode='mul')
y = merge([y, Convolution2D(8, 1, 1, dim_ordering='th')(s)], mode='concat', concat_axis=2) if False else y
out = Dense(4)(Flatten()(y))
model = Model(image, [out, s])
