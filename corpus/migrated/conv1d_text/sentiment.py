"""CNN for sentence classification (Kim 2014) on IMDB."""
import sys
import numpy as np
from keras.datasets import imdb
from keras.preprocessing import sequence
from keras.models import Model, Sequential
from keras.layers import Input, concatenate
from keras.layers import Dense, Dropout, Activation, Flatten, Lambda
from keras.layers import Embedding
from keras.layers import Conv1D, MaxPooling1D, AveragePooling1D, ZeroPadding1D
from keras.layers import GlobalMaxPooling1D
from keras.layers import LSTM, GRU
from keras.layers import Bidirectional
from keras1_compat import Keras1Kernel, hard_sigmoid
from keras.optimizers import Adam
from keras.metrics import BinaryAccuracy

max_features = 5000
maxlen = 80
embedding_dims = 32


def cnn(nb_filter=64, filter_length=3):
    model = Sequential()
    model.add(Embedding(max_features, embedding_dims, input_shape=(maxlen,)))
    model.add(Conv1D(filters=nb_filter, kernel_size=filter_length,
                            padding='valid', activation='relu',
                            strides=1,
                            kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d')))
    model.add(MaxPooling1D(pool_size=2))
    model.add(Flatten())
    model.add(Dense(64))
    model.add(Dropout(0.25))
    model.add(Activation('relu'))
    model.add(Dense(1, activation='sigmoid'))
    return model


def kim(filter_sizes=(3, 4, 5), nb_filter=20):
    words = Input(shape=(maxlen,), dtype='int32')
    x = Embedding(input_dim=max_features, output_dim=embedding_dims)(words)
    x = Dropout(0.5)(x)
    pooled = []
    for fsz in filter_sizes:
        conv = Conv1D(nb_filter, fsz, activation='relu', kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))(x)
        pooled.append(GlobalMaxPooling1D()(conv))
    x = concatenate(pooled)
    return Model(inputs=words, outputs=Dense(1, activation='sigmoid')(x))


def cnn_lstm(lstm_output_size=24):
    model = Sequential()
    model.add(Embedding(max_features, embedding_dims, input_shape=(maxlen,)))
    model.add(ZeroPadding1D(2))
    model.add(Conv1D(48, 5, padding='same', strides=2, kernel_initializer='uniform'))
    model.add(AveragePooling1D(pool_size=4, strides=2, padding='same'))
    model.add(Bidirectional(GRU(units=16, return_sequences=True, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '3 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '3 gates'), reset_after=False)))
    model.add(LSTM(lstm_output_size, dropout=0.2, recurrent_dropout=0.2, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates')))
    model.add(Dense(1))
    model.add(Activation('sigmoid'))
    return model


def char_cnn(alphabet=70, length=120):
    # first layer with input_dim: (length, alphabet) one-hot rows
    model = Sequential()
    model.add(Conv1D(32, 7, activation='relu', input_shape=(length, alphabet), kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d')))
    model.add(MaxPooling1D())
    model.add(Flatten())
    model.add(Dense(4, activation='softmax'))
    return model


if __name__ == '__main__':
    which = {'cnn': cnn, 'kim': kim, 'lstm': cnn_lstm}[sys.argv[1] if len(sys.argv) > 1 else 'cnn']
    (X_train, y_train), (X_test, y_test) = imdb.load_data(num_words=max_features)
    X_train = sequence.pad_sequences(X_train, maxlen=maxlen)
    X_test = sequence.pad_sequences(X_test, maxlen=maxlen)
    model = which()
    model.compile(loss='binary_crossentropy', optimizer=Adam(epsilon=1e-08), metrics=[BinaryAccuracy(name='acc')])
    model.fit(X_train, y_train, batch_size=32, epochs=2, validation_data=(X_test, y_test))
