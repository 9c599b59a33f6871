"""Global pooling at the end, as a layer and by an average over the whole map; one pixel flattened."""
from keras.models import Sequential
from keras.layers import Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dropout, Activation
from keras.layers import GlobalMaxPooling2D

model = Sequential()
model.add(Convolution2D(8, 5, 5, border_mode='same', activation='relu', input_shape=(3, 16, 16), dim_ordering='th'))
model.add(Convolution2D(6, 1, 1, activation='relu', dim_ordering='th'))
model.add(MaxPooling2D((4, 4), dim_ordering='th'))
model.add(Dropout(0.5))
model.add(Convolution2D(5, 1, 1, dim_ordering='th'))
model.add(AveragePooling2D((4, 4), dim_ordering='th'))
model.add(Flatten())
model.add(Activation('softmax'))

other = Sequential()
other.add(Convolution2D(8, 5, 5, input_shape=(3, 16, 16), dim_ordering='th'))
other.add(GlobalMaxPooling2D(dim_ordering='th'))
