import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import numpy as np
from keras.models import Sequential
from keras.layers import Flatten, Dense, Dropout
from keras.layers import Conv2D, MaxPooling2D, ZeroPadding2D
from keras.optimizers import SGD
from keras1_compat import load_keras1_weights


def ConvBlock(model, layers, filters):
    for i in range(layers):
        model.add(ZeroPadding2D((1,1), data_format='channels_first'))
        model.add(Conv2D(filters, (3, 3), activation='relu', data_format='channels_first'))
    model.add(MaxPooling2D((2,2), strides=(2,2), data_format='channels_first'))

def FCBlock(model, size):
    model.add(Dense(size, activation='relu'))
    model.add(Dropout(0.5))

def VGG_small(weights_path=None, nb_classes=17):
    model = Sequential()
    model.add(ZeroPadding2D((1,1),input_shape=(3,64,72), data_format='channels_first'))
    model.add(Conv2D(16, (3, 3), activation='relu', name='conv1_1', data_format='channels_first'))
    model.add(ZeroPadding2D((1,1), data_format='channels_first'))
    model.add(Conv2D(16, (3, 3), activation='relu', name='conv1_2', data_format='channels_first'))
    model.add(MaxPooling2D((2,2), strides=(2,2), data_format='channels_first'))

    for nb_layers, nb_filter in [(2, 32), (3, 64)]:
        ConvBlock(model, nb_layers, nb_filter)

    model.add(Flatten())
    FCBlock(model, 128)
    FCBlock(model, 128)
    model.add(Dense(nb_classes, activation='softmax'))

    if weights_path:
        load_keras1_weights(model, weights_path)

    return model

def load_batch(path):
    im = np.load(path).astype(np.float32)   # (n, 64, 72, 3), BGR
    im[:,:,:,0] -= 103.939
    im[:,:,:,1] -= 116.779
    im[:,:,:,2] -= 123.68
    return im.transpose((0,3,1,2))

if __name__ == "__main__":
    model = VGG_small()
    sgd = SGD(learning_rate=1e-3, momentum=0.9, nesterov=True)
    model.compile(optimizer=sgd, loss='categorical_crossentropy')
    X = load_batch('flowers_x.npy')
    Y = np.load('flowers_y.npy')
    model.fit(X, Y, 32, 5)
    model.save_weights('vgg_small.weights.h5', overwrite=True)
    out = model.predict(X[:1])
    print(np.argmax(out))
