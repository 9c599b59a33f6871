"""Inception modules (GoogLeNet, Szegedy et al. 2014) on the fine-tuning set, Theano."""

import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras import backend as K
K.set_image_data_format('channels_first')

from keras.layers import Input, Dense, Dropout, Flatten, concatenate
from keras.layers import Conv2D, MaxPooling2D, AveragePooling2D
from keras.models import Model
from keras.regularizers import l2
from keras.utils import plot_model
from keras1_compat import compile_model


def conv(x, nb_filter, size, name, subsample=(1, 1)):
    return Conv2D(nb_filter, (size, size), strides=subsample, padding='same',
                         activation='relu', kernel_regularizer=l2(0.0002), name=name)(x)


def inception(x, n1, n3r, n3, n5r, n5, npool, name):
    """1x1, 3x3, 5x5 and pooling side by side."""
    towers = []
    towers.append(conv(x, n1, 1, name + '_1x1'))
    t = conv(x, n3r, 1, name + '_3x3_reduce')
    towers.append(conv(t, n3, 3, name + '_3x3'))
    t = conv(x, n5r, 1, name + '_5x5_reduce')
    towers.append(conv(t, n5, 5, name + '_5x5'))
    t = MaxPooling2D(pool_size=(3, 3), strides=(1, 1), padding='same', name=name + '_pool')(x)
    towers.append(conv(t, npool, 1, name + '_pool_proj'))
    return concatenate(towers, axis=1, name=name + '_output')


def create_googlenet(nb_classes):
    img = Input(shape=(3, 96, 96), name='data')
    x = conv(img, 16, 7, 'conv1_7x7_s2', subsample=(2, 2))
    x = MaxPooling2D((3, 3), strides=(2, 2), name='pool1_3x3_s2')(x)
    x = conv(x, 32, 3, 'conv2_3x3')

    x = inception(x, 16, 24, 32, 4, 8, 8, 'inception_3a')
    aux = x
    x = inception(x, 32, 32, 48, 8, 24, 16, 'inception_3b')

    # auxiliary classifier
    aux = AveragePooling2D(pool_size=(5, 5), strides=(3, 3), name='loss1_ave_pool')(aux)
    aux = Flatten(data_format='channels_last')(aux)
    aux = Dropout(0.7)(aux)
    aux = Dense(nb_classes, activation='softmax', name='loss1_classifier')(aux)

    x = AveragePooling2D(pool_size=(7, 7), strides=(1, 1), name='pool5')(x)
    x = Flatten(name='flat', data_format='channels_last')(x)
    x = Dropout(0.4)(x)
    x = Dense(nb_classes, activation='softmax', name='loss2_classifier')(x)
    return Model(inputs=img, outputs=[aux, x])


if __name__ == '__main__':
    model = create_googlenet(25)
    plot_model(model, to_file='googlenet.png', show_shapes=True, show_layer_names=True)
    compile_model(model, 'sgd', ['categorical_crossentropy'] * 2, loss_weights=[0.3, 1.])
