"""Two Sequential branches on the same picture, put together with a Merge layer."""
from keras.models import Sequential
from keras.layers import Convolution2D, MaxPooling2D, Flatten, Dense, Merge, Activation

left = Sequential()
left.add(Convolution2D(4, 3, 3, border_mode='same', input_shape=(1, 14, 16), dim_ordering='th'))
left.add(Activation('relu'))
right = Sequential()
right.add(Convolution2D(4, 5, 5, border_mode='same', input_shape=(1, 14, 16), dim_ordering='th'))
right.add(Activation('relu'))

merged = Sequential()
merged.add(Merge([left, right], mode='concat', concat_axis=1))
merged.add(MaxPooling2D((2, 2), dim_ordering='th'))
merged.add(Convolution2D(6, 3, 3, dim_ordering='th'))
merged.add(Flatten())
merged.add(Dense(3, activation='softmax'))
merged.compile(loss='categorical_crossentropy', optimizer='sgd')
