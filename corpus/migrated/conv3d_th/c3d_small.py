import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten, Activation
from keras.layers import Conv3D, MaxPooling3D, ZeroPadding3D, AveragePooling3D
from keras.layers import UpSampling3D
from keras.layers import Input, concatenate
from keras.models import Model


def c3d(frames=16, rows=32, cols=32, nb_classes=6):
    """Video clips (channel, frame, row, col) to actions"""
    model = Sequential()
    # 1st layer group
    model.add(Conv3D(8, (3, 3, 3), activation='relu',
                            padding='same', name='conv1',
                            strides=(1, 1, 1),
                            input_shape=(3, frames, rows, cols),
                            data_format='channels_first'))
    model.add(MaxPooling3D(pool_size=(1, 2, 2), strides=(1, 2, 2),
                           padding='valid', name='pool1', data_format='channels_first'))
    # 2nd layer group
    model.add(Conv3D(filters=16, kernel_size=(3, 3, 3), activation='relu',
                            padding='valid', name='conv2', data_format='channels_first'))
    model.add(ZeroPadding3D(padding=(0, 1, 1), data_format='channels_first'))
    model.add(AveragePooling3D(pool_size=(2, 2, 2), data_format='channels_first'))
    model.add(Flatten())
    model.add(Dense(48, activation='relu', name='fc6'))
    model.add(Dropout(.5))
    model.add(Dense(nb_classes, activation='softmax'))
    return model


def vnet(size=16):
    scan = Input((1, size, size, size))
    down = Conv3D(4, (5, 5, 5), padding='same', data_format='channels_first')(scan)
    x = Activation('relu')(down)
    x = MaxPooling3D((2, 2, 2), data_format='channels_first')(x)
    x = Conv3D(6, (3, 3, 3), activation='relu', padding='same', data_format='channels_first')(x)
    x = UpSampling3D(size=(2, 2, 2), data_format='channels_first')(x)
    x = concatenate([x, down], axis=1)
    x = Conv3D(2, (1, 1, 1), activation='sigmoid', data_format='channels_first')(x)
    return Model(scan, x)


if __name__ == '__main__':
    X = np.load('clips.npy').transpose(0, 4, 1, 2, 3)   # channels to the front
    model = c3d()
    model.compile(loss='mean_squared_error', optimizer='sgd')
    model.fit(X, np.load('actions.npy'), batch_size=8, epochs=12, shuffle=True)
