"""Answers about pictures: a picture and a question go in, a word comes out."""

import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import numpy as np
from keras.models import Sequential, Model
from keras.layers import Dense, Activation, Dropout, Reshape, Flatten, concatenate
from keras.layers import Conv2D, MaxPooling2D
from keras.layers import Embedding
from keras.layers import LSTM
from keras1_compat import hard_sigmoid

vocabulary = 200
max_len = 12
nb_answers = 30

image_model = Sequential()
image_model.add(Conv2D(8, (3, 3), activation='relu', input_shape=(3, 20, 20), data_format='channels_first'))
image_model.add(MaxPooling2D((2, 2), data_format='channels_first'))
image_model.add(Flatten())

language_model = Sequential()
language_model.add(Embedding(vocabulary, 16, input_shape=(max_len,)))
language_model.add(LSTM(24, return_sequences=False, recurrent_activation=hard_sigmoid, recurrent_initializer='glorot_uniform'))

x = concatenate([language_model.outputs[0], image_model.outputs[0]], axis=1)
for i in range(2):
    x = Dense(32, kernel_initializer='uniform')(x)
    x = Activation('tanh')(x)
    x = Dropout(0.5)(x)
x = Dense(nb_answers)(x)
x = Activation('softmax')(x)
model = Model(language_model.inputs + image_model.inputs, x)

model.compile(loss='categorical_crossentropy', optimizer='sgd')

if __name__ == '__main__':
    questions, pictures = np.load('questions.npy'), np.load('pictures.npy')
    model.fit([questions, pictures], np.load('answers.npy'), epochs=3, batch_size=16)
