import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Flatten, Activation
from keras.layers.convolutional import Convolution3D, MaxPooling3D, ZeroPadding3D, AveragePooling3D
from keras.layers.convolutional import UpSampling3D
from keras.layers import Input, merge
from keras.models import Model


def c3d(frames=16, rows=32, cols=32, nb_classes=6):
    """Video clips (channel, frame, row, col) to actions"""
    model = Sequential()
    # 1st layer group
    model.add(Convolution3D(8, 3, 3, 3, activation='relu',
                            border_mode='same', name='conv1',
                            subsample=(1, 1, 1),
                            input_shape=(3, frames, rows, cols)))
    model.add(MaxPooling3D(pool_size=(1, 2, 2), strides=(1, 2, 2),
                           border_mode='valid', name='pool1'))
    # 2nd layer group
    model.add(Convolution3D(nb_filter=16, kernel_dim1=3, kernel_dim2=3, kernel_dim3=3, activation='relu',
                            border_mode='valid', name='conv2'))
    model.add(ZeroPadding3D(padding=(0, 1, 1)))
    model.add(AveragePooling3D())
    model.add(Flatten())
    model.add(Dense(48, activation='relu', name='fc6'))
    model.add(Dropout(.5))
    model.add(Dense(nb_classes, activation='softmax'))
    return model


def vnet(size=16):
    scan = Input((1, size, size, size))
    down = Convolution3D(4, 5, 5, 5, border_mode='same')(scan)
    x = Activation('relu')(down)
    x = MaxPooling3D((2, 2, 2))(x)
    x = Convolution3D(6, 3, 3, 3, activation='relu', border_mode='same')(x)
    x = UpSampling3D(size=(2, 2, 2))(x)
    x = merge([x, down], 'concat', concat_axis=1)
    x = Convolution3D(2, 1, 1, 1, activation='sigmoid')(x)
    return Model(scan, x)


if __name__ == '__main__':
    X = np.load('clips.npy').transpose(0, 4, 1, 2, 3)   # channels to the front
    model = c3d()
    model.compile(loss='mean_squared_error', optimizer='sgd')
    model.fit(X, np.load('actions.npy'), batch_size=8, nb_epoch=12, shuffle=True)
