"""ConvLSTM2D with the channels first, all frames and the last one, and a Conv3D on top."""
from keras.models import Sequential
from keras.layers.convolutional import Convolution3D
from keras.layers.convolutional_recurrent import ConvLSTM2D
from keras.layers.normalization import BatchNormalization
from keras.layers import Flatten, Dense

seq = Sequential()
seq.add(ConvLSTM2D(nb_filter=4, nb_row=3, nb_col=3, input_shape=(5, 2, 8, 9),
                   dim_ordering='th', border_mode='same', return_sequences=True,
                   inner_activation='sigmoid'))
seq.add(BatchNormalization(axis=2))
seq.add(ConvLSTM2D(nb_filter=3, nb_row=3, nb_col=3, dim_ordering='th',
                   border_mode='same', return_sequences=False, inner_activation='sigmoid'))
seq.add(Flatten())
seq.add(Dense(4))

frames = Sequential()
frames.add(ConvLSTM2D(4, 3, 3, input_shape=(5, 2, 8, 9), dim_ordering='th', border_mode='same',
                      return_sequences=True, inner_activation='sigmoid'))
