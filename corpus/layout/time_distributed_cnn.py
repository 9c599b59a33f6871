"""A CNN on each frame by TimeDistributed, then an LSTM."""
from keras.models import Sequential
from keras.layers import TimeDistributed, Convolution2D, MaxPooling2D, Flatten, LSTM, Dense, Activation
from keras.layers import BatchNormalization

model = Sequential()
model.add(TimeDistributed(Convolution2D(4, 3, 3, border_mode='same', dim_ordering='th'), input_shape=(6, 1, 12, 14)))
model.add(TimeDistributed(BatchNormalization(axis=1)))
model.add(Activation('relu'))
model.add(TimeDistributed(Convolution2D(5, 3, 3, dim_ordering='th')))
model.add(TimeDistributed(MaxPooling2D((2, 2), dim_ordering='th')))
model.add(TimeDistributed(Flatten()))
model.add(LSTM(8, inner_activation='sigmoid'))
model.add(Dense(3))
