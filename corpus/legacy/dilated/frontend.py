# Context network with dilated convolutions on top of a small front end (Yu & Koltun, ICLR 2016)
from keras.layers import Activation, AtrousConvolution2D, Convolution2D, Input
from keras.layers import MaxPooling2D, ZeroPadding2D, Permute, Reshape
from keras.models import Model, Sequential


class Net(object):
    CLASSES = 11
    H, W = 64, 96


def front_end(input_width, input_height):
    model = Sequential()
    model.add(Convolution2D(16, 3, 3, activation='relu', name='conv1_1', border_mode='same',
                            input_shape=(input_height, input_width, 3)))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(Convolution2D(32, 3, 3, activation='relu', name='conv2_1'))
    # no more pooling from here, the holes keep the field of view
    model.add(AtrousConvolution2D(32, 3, 3, atrous_rate=(2, 2), activation='relu', name='conv3_1'))
    model.add(AtrousConvolution2D(64, 3, 3, 'glorot_uniform', 'relu', atrous_rate=(4, 4),
                                  name='fc6'))
    model.add(Convolution2D(Net.CLASSES, 1, 1, activation='linear', name='fc-final'))
    return model


def add_context(model):
    """ Append the context layers to the front end. """
    model.add(ZeroPadding2D(padding=(7, 7)))
    for i, rate in enumerate([1, 2, 4]):
        model.add(AtrousConvolution2D(Net.CLASSES * 2, 3, 3, atrous_rate=(rate, rate),
                                      activation='relu', name='ct_conv%d' % i))
    model.add(Convolution2D(nb_filter=Net.CLASSES, nb_row=1, nb_col=1, name='ct_final'))
    return model


def add_softmax(model):
    _, rows, cols, n = model.output_shape
    model.add(Reshape((rows * cols, n)))
    model.add(Activation('softmax'))
    model.add(Reshape((rows, cols, n)))
    return model


def side_output(shape=(32, 32, 8)):
    inp = Input(shape=shape)
    x = AtrousConvolution2D(nb_filter=4, nb_row=3, nb_col=5, border_mode='same', atrous_rate=(2, 2), bias=False)(inp)
    return Model(inp, Permute((3, 1, 2))(x))


if __name__ == '__main__':
    net = add_softmax(add_context(front_end(Net.W, Net.H)))
    net.summary()
