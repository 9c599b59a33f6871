"""Answers about pictures: a picture and a question go in, a word comes out."""

import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import numpy as np
from keras1_compat import Sequential, Merge, hard_sigmoid, Keras1Kernel
from keras.layers import Dense, Activation, Dropout, Reshape, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.layers import Embedding
from keras.layers import LSTM

vocabulary = 200
max_len = 12
nb_answers = 30

image_model = Sequential()
image_model.add(Conv2D(8, (3, 3), activation='relu', input_shape=(3, 20, 20), data_format='channels_first'))
image_model.add(MaxPooling2D((2, 2), data_format='channels_first'))
image_model.add(Flatten())

language_model = Sequential()
language_model.add(Embedding(vocabulary, 16, input_shape=(max_len,)))
language_model.add(LSTM(24, return_sequences=False, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates')))

model = Sequential()
model.add(Merge([language_model, image_model], mode='concat', concat_axis=1))
for i in range(2):
    model.add(Dense(32, kernel_initializer='uniform'))
    model.add(Activation('tanh'))
    model.add(Dropout(0.5))
model.add(Dense(nb_answers))
model.add(Activation('softmax'))

model.compile(loss='categorical_crossentropy', optimizer='sgd')

if __name__ == '__main__':
    questions, pictures = np.load('questions.npy'), np.load('pictures.npy')
    model.fit([questions, pictures], np.load('answers.npy'), epochs=3, batch_size=16)
