"""Answers about pictures: a picture and a question go in, a word comes out."""
import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Activation, Merge, Dropout, Reshape, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.embeddings import Embedding
from keras.layers.recurrent import LSTM

vocabulary = 200
max_len = 12
nb_answers = 30

image_model = Sequential()
image_model.add(Convolution2D(8, 3, 3, activation='relu', input_shape=(3, 20, 20)))
image_model.add(MaxPooling2D((2, 2)))
image_model.add(Flatten())

language_model = Sequential()
language_model.add(Embedding(vocabulary, 16, input_length=max_len))
language_model.add(LSTM(24, return_sequences=False))

model = Sequential()
model.add(Merge([language_model, image_model], mode='concat', concat_axis=1))
for i in range(2):
    model.add(Dense(32, init='uniform'))
    model.add(Activation('tanh'))
    model.add(Dropout(0.5))
model.add(Dense(nb_answers))
model.add(Activation('softmax'))

model.compile(loss='categorical_crossentropy', optimizer='sgd')

if __name__ == '__main__':
    questions, pictures = np.load('questions.npy'), np.load('pictures.npy')
    model.fit([questions, pictures], np.load('answers.npy'), nb_epoch=3, batch_size=16)
