"""CNN for sentence classification (Kim 2014) on IMDB."""
import sys
import numpy as np
from keras.datasets import imdb
from keras.preprocessing import sequence
from keras.models import Model, Sequential
from keras.layers import Input, merge
from keras.layers.core import Dense, Dropout, Activation, Flatten, Lambda
from keras.layers.embeddings import Embedding
from keras.layers.convolutional import Convolution1D, MaxPooling1D, AveragePooling1D, ZeroPadding1D
from keras.layers.pooling import GlobalMaxPooling1D
from keras.layers.recurrent import LSTM, GRU
from keras.layers.wrappers import Bidirectional

max_features = 5000
maxlen = 80
embedding_dims = 32


def cnn(nb_filter=64, filter_length=3):
    model = Sequential()
    model.add(Embedding(max_features, embedding_dims, input_length=maxlen))
    model.add(Convolution1D(nb_filter=nb_filter, filter_length=filter_length,
                            border_mode='valid', activation='relu',
                            subsample_length=1))
    model.add(MaxPooling1D(pool_length=2))
    model.add(Flatten())
    model.add(Dense(64))
    model.add(Dropout(0.25))
    model.add(Activation('relu'))
    model.add(Dense(1, activation='sigmoid'))
    return model


def kim(filter_sizes=(3, 4, 5), nb_filter=20):
    words = Input(shape=(maxlen,), dtype='int32')
    x = Embedding(input_dim=max_features, output_dim=embedding_dims, input_length=maxlen)(words)
    x = Dropout(0.5)(x)
    pooled = []
    for fsz in filter_sizes:
        conv = Convolution1D(nb_filter, fsz, activation='relu')(x)
        pooled.append(GlobalMaxPooling1D()(conv))
    x = merge(pooled, mode='concat')
    return Model(input=words, output=Dense(1, activation='sigmoid')(x))


def cnn_lstm(lstm_output_size=24):
    model = Sequential()
    model.add(Embedding(max_features, embedding_dims, input_length=maxlen))
    model.add(ZeroPadding1D(2))
    model.add(Convolution1D(48, 5, border_mode='same', subsample_length=2, init='uniform'))
    model.add(AveragePooling1D(pool_length=4, stride=2, border_mode='same'))
    model.add(Bidirectional(GRU(output_dim=16, return_sequences=True)))
    model.add(LSTM(lstm_output_size, dropout_W=0.2, dropout_U=0.2))
    model.add(Dense(1))
    model.add(Activation('sigmoid'))
    return model


def char_cnn(alphabet=70, length=120):
    # first layer with input_dim: (length, alphabet) one-hot rows
    model = Sequential()
    model.add(Convolution1D(32, 7, activation='relu', input_dim=alphabet, input_length=length))
    model.add(MaxPooling1D())
    model.add(Flatten())
    model.add(Dense(4, activation='softmax'))
    return model


if __name__ == '__main__':
    which = {'cnn': cnn, 'kim': kim, 'lstm': cnn_lstm}[sys.argv[1] if len(sys.argv) > 1 else 'cnn']
    (X_train, y_train), (X_test, y_test) = imdb.load_data(nb_words=max_features)
    X_train = sequence.pad_sequences(X_train, maxlen=maxlen)
    X_test = sequence.pad_sequences(X_test, maxlen=maxlen)
    model = which()
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(X_train, y_train, batch_size=32, nb_epoch=2, validation_data=(X_test, y_test))
