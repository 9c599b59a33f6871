"""Wide residual network, for either backend and either image ordering."""
from keras.models import Model
from keras.layers import Input, add, Activation, Dropout, Flatten, Dense
from keras.layers import Conv2D, MaxPooling2D, AveragePooling2D
from keras.layers import BatchNormalization
from keras import backend as K


def initial_conv(input):
    x = Conv2D(16, (3, 3), padding='same')(input)

    channel_axis = 1 if K.image_data_format() == "channels_first" else -1

    x = BatchNormalization(axis=channel_axis)(x)
    x = Activation('relu')(x)
    return x


def conv_block(input, base, k=1, dropout=0.0, subsample=(1, 1)):
    channel_axis = 1 if K.image_data_format() == "channels_first" else -1
    init = input

    # the shortcut needs a projection when the number of channels changes
    if K.image_data_format() == "channels_first":
        nb_in = init.shape[1]
    else:
        nb_in = init.shape[-1]
    if nb_in != base * k or subsample != (1, 1):
        init = Conv2D(base * k, (1, 1), activation='linear', padding='same', strides=subsample)(init)

    x = Conv2D(base * k, (3, 3), padding='same', strides=subsample)(input)
    x = BatchNormalization(axis=channel_axis)(x)
    x = Activation('relu')(x)

    if dropout > 0.0:
        x = Dropout(dropout)(x)

    x = Conv2D(base * k, (3, 3), padding='same')(x)
    x = BatchNormalization(axis=channel_axis)(x)
    x = Activation('relu')(x)

    return add([init, x])


def create_wide_residual_network(rows=32, cols=32, nb_classes=100, k=2, dropout=0.0):
    if K.image_data_format() == 'channels_last':
        input_dim = (rows, cols, 3)
    else:
        input_dim = (3, rows, cols)
    ip = Input(shape=input_dim)

    x = initial_conv(ip)
    for base, subsample in [(16, (1, 1)), (32, (2, 2)), (64, (2, 2))]:
        x = conv_block(x, base, k, dropout, subsample)

    x = AveragePooling2D((8, 8))(x)
    x = Flatten(data_format='channels_last')(x)
    x = Dense(nb_classes, activation='softmax')(x)
    return Model(ip, x)


if __name__ == "__main__":
    wrn = create_wide_residual_network(nb_classes=10, k=4, dropout=0.3)
    wrn.summary()
