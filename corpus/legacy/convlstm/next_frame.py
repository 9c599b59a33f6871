""" Next frame of a movie: squares that move. One film is (time, rows, cols, 1).
"""
from keras.models import Sequential
from keras.layers.convolutional import Convolution3D
from keras.layers.convolutional_recurrent import ConvLSTM2D
from keras.layers.normalization import BatchNormalization
import numpy as np

def make_net(size=20):
    seq = Sequential()
    seq.add(ConvLSTM2D(nb_filter=12, nb_row=3, nb_col=3,
                       input_shape=(None, size, size, 1),
                       border_mode='same', return_sequences=True, dim_ordering='tf'))
    seq.add(BatchNormalization())

    seq.add(ConvLSTM2D(6, 3, 3, border_mode='same', return_sequences=True,
                       inner_activation='sigmoid', dim_ordering='tf'))
    seq.add(BatchNormalization())

    # look at three frames at once
    seq.add(Convolution3D(nb_filter=1, kernel_dim1=3, kernel_dim2=3,
                          kernel_dim3=3, activation='sigmoid',
                          border_mode='same', dim_ordering='tf'))
    seq.compile(loss='binary_crossentropy', optimizer='adadelta')
    return seq


if __name__ == '__main__':
    movies, shifted = np.load('movies.npy'), np.load('shifted.npy')
    seq = make_net(40)
    seq.fit(movies[:1000], shifted[:1000], batch_size=10, nb_epoch=300, validation_split=0.05)
