""" Next frame of a movie: squares that move. One film is (time, rows, cols, 1).
"""
from keras.models import Sequential
from keras.layers import Conv3D
from keras.layers import ConvLSTM2D
from keras.layers import BatchNormalization
from keras1_compat import hard_sigmoid
from keras.initializers import Orthogonal
from keras.optimizers import Adadelta
import numpy as np

def make_net(size=20):
    seq = Sequential()
    seq.add(ConvLSTM2D(filters=12, kernel_size=(3, 3),
                       input_shape=(None, size, size, 1),
                       padding='same', return_sequences=True, data_format='channels_last', recurrent_activation=hard_sigmoid, recurrent_initializer=Orthogonal(1.1)))
    seq.add(BatchNormalization())

    seq.add(ConvLSTM2D(6, (3, 3), padding='same', return_sequences=True,
                       recurrent_activation='sigmoid', data_format='channels_last', recurrent_initializer=Orthogonal(1.1)))
    seq.add(BatchNormalization())

    # look at three frames at once
    seq.add(Conv3D(filters=1, kernel_size=(3, 3, 3), activation='sigmoid',
                          padding='same', data_format='channels_last'))
    seq.compile(loss='binary_crossentropy', optimizer=Adadelta(learning_rate=1.0, epsilon=1e-08))
    return seq


if __name__ == '__main__':
    movies, shifted = np.load('movies.npy'), np.load('shifted.npy')
    seq = make_net(40)
    seq.fit(movies[:1000], shifted[:1000], batch_size=10, epochs=300, validation_split=0.05)
