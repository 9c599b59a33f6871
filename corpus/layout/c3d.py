"""C3D (Tran et al. 2015) in the Sequential form that went round, smaller."""
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Flatten
from keras.layers.convolutional import Convolution3D, MaxPooling3D, ZeroPadding3D


def get_model(summary=False):
    model = Sequential()
    model.add(Convolution3D(4, 3, 3, 3, activation='relu', border_mode='same', name='conv1',
                            subsample=(1, 1, 1), input_shape=(3, 8, 20, 24), dim_ordering='th'))
    model.add(MaxPooling3D(pool_size=(1, 2, 2), strides=(1, 2, 2), border_mode='valid',
                           name='pool1', dim_ordering='th'))
    model.add(Convolution3D(6, 3, 3, 3, activation='relu', border_mode='same', name='conv2',
                            dim_ordering='th'))
    model.add(MaxPooling3D(pool_size=(2, 2, 2), strides=(2, 2, 2), name='pool2', dim_ordering='th'))
    model.add(ZeroPadding3D(padding=(0, 1, 1), dim_ordering='th'))
    model.add(MaxPooling3D(pool_size=(2, 2, 2), strides=(2, 2, 2), name='pool5', dim_ordering='th'))
    model.add(Flatten())
    model.add(Dense(16, activation='relu', name='fc6'))
    model.add(Dropout(.5))
    model.add(Dense(9, activation='softmax', name='fc8'))
    return model


model = get_model()
