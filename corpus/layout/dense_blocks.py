"""DenseNet blocks in loops (Theano): features concatenated along channels, helpers called both ways."""
from keras.models import Model
from keras.layers import Input, Activation, Dense, Dropout, merge
from keras.layers.convolutional import Convolution2D
from keras.layers.pooling import AveragePooling2D, GlobalAveragePooling2D
from keras.layers.normalization import BatchNormalization
from keras.regularizers import l2
import keras.backend as K
K.set_image_dim_ordering('th')


def conv_factory(x, nb_filter, dropout_rate=None, weight_decay=1e-4):
    x = BatchNormalization(mode=0, axis=1, gamma_regularizer=l2(weight_decay))(x)
    x = Activation('relu')(x)
    x = Convolution2D(nb_filter, 3, 3, init='he_uniform', border_mode='same', bias=False)(x)
    if dropout_rate:
        x = Dropout(dropout_rate)(x)
    return x


def transition(x, nb_filter, dropout_rate=None):
    x = conv_factory(x, nb_filter, dropout_rate)
    return AveragePooling2D((2, 2), strides=(2, 2))(x)


def denseblock(x, nb_layers, nb_filter, growth_rate):
    list_feat = [x]
    for i in range(nb_layers):
        x = conv_factory(x, growth_rate, 0.2)
        list_feat.append(x)
        x = merge(list_feat, mode='concat', concat_axis=1)
        nb_filter += growth_rate
    return x, nb_filter


def densenet(nb_classes, img_dim, nb_dense_block=2, growth_rate=3, nb_filter=4, nb_layers=2):
    model_input = Input(shape=img_dim)
    x = Convolution2D(nb_filter, 3, 3, border_mode='same', bias=False)(model_input)
    for block_idx in range(nb_dense_block - 1):
        x, nb_filter = denseblock(x, nb_layers, nb_filter, growth_rate)
        x = transition(x, nb_filter)
    x, nb_filter = denseblock(x, nb_layers, nb_filter, growth_rate)
    x = BatchNormalization(mode=0, axis=1)(x)
    x = Activation('relu')(x)
    x = GlobalAveragePooling2D(dim_ordering='th')(x)
    x = Dense(nb_classes, activation='softmax')(x)
    return Model(input=[model_input], output=[x], name='DenseNet')


model = densenet(7, (3, 16, 20))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
