"""SegNet on CamVid for Theano: autoencoding layers in lists, Reshape and Permute before the softmax."""
from keras import backend as K
K.set_image_dim_ordering('th')
from keras.models import Sequential
from keras.layers.core import Activation, Reshape, Permute, Layer
from keras.layers.convolutional import Convolution2D, MaxPooling2D, UpSampling2D, ZeroPadding2D
from keras.layers.normalization import BatchNormalization

rows, cols, classes = 16, 24, 5
data_shape = rows * cols


def create_encoding_layers():
    kernel = 3
    filter_size = 6
    pad = 1
    return [
        ZeroPadding2D(padding=(pad, pad)),
        Convolution2D(filter_size, kernel, kernel, border_mode='valid'),
        BatchNormalization(axis=1),
        Activation('relu'),
        MaxPooling2D(pool_size=(2, 2)),
        ZeroPadding2D(padding=(pad, pad)),
        Convolution2D(8, kernel, kernel, border_mode='valid'),
        BatchNormalization(axis=1),
        Activation('relu'),
    ]


def create_decoding_layers():
    return [
        UpSampling2D(size=(2, 2)),
        ZeroPadding2D(padding=(1, 1)),
        Convolution2D(6, 3, 3, border_mode='valid'),
        BatchNormalization(axis=1),
    ]


autoencoder = Sequential()
autoencoder.add(ZeroPadding2D((0, 0), input_shape=(3, rows, cols)))
autoencoder.encoding_layers = create_encoding_layers()
autoencoder.decoding_layers = create_decoding_layers()
for l in autoencoder.encoding_layers:
    autoencoder.add(l)
for l in autoencoder.decoding_layers:
    autoencoder.add(l)
autoencoder.add(Convolution2D(classes, 1, 1, border_mode='valid'))
autoencoder.add(Reshape((classes, data_shape)))
autoencoder.add(Permute((2, 1)))
autoencoder.add(Activation('softmax'))
autoencoder.compile(loss='categorical_crossentropy', optimizer='adadelta')
