import argparse

from keras import backend as K
K.set_image_data_format('channels_last')

from keras.datasets import cifar10
from keras.layers import Activation, BatchNormalization, Dense, Dropout, Flatten
from keras.layers import Conv2D
from keras.layers import ZeroPadding2D
from keras.layers import MaxPooling2D, AveragePooling2D
from keras.models import Sequential
from keras.regularizers import l2
from keras.initializers import VarianceScaling
from keras.utils import to_categorical

BLOCKS = [[24, 24], [48, 48], [96, 96, 96]]
WEIGHT_DECAY = 0.0005


def build_vgg(blocks, nb_classes, dropout=0.4):
    model = Sequential()
    first = True
    for b, block in enumerate(blocks):
        for i, width in enumerate(block):
            name = 'conv%d_%d' % (b + 1, i + 1)
            if first:
                model.add(ZeroPadding2D(padding=(1, 1), input_shape=(32, 32, 3)))
                first = False
            else:
                model.add(ZeroPadding2D(padding=(1, 1)))
            model.add(Conv2D(width, (3, 3), kernel_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), padding='valid',
                                    kernel_regularizer=l2(WEIGHT_DECAY), name=name))
            model.add(BatchNormalization(axis=3))
            model.add(Activation('relu'))
            if i < len(block) - 1:
                model.add(Dropout(dropout))
        if b < len(blocks) - 1:
            model.add(MaxPooling2D(pool_size=(2, 2)))
        else:
            model.add(AveragePooling2D(pool_size=(2, 2)))  # softer at the end

    model.add(Flatten())
    model.add(Dense(256, kernel_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), kernel_regularizer=l2(WEIGHT_DECAY)))
    model.add(BatchNormalization())
    model.add(Activation('relu'))
    model.add(Dense(nb_classes, activation='softmax'))
    return model


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--nb_epoch', type=int, default=250)
    parser.add_argument('--batch_size', type=int, default=128)
    parser.add_argument('--lr', type=float, default=0.001)
    args = parser.parse_args()

    from keras.optimizers import Adam
    (X_train, y_train), (X_test, y_test) = cifar10.load_data()
    model = build_vgg(BLOCKS, 10)
    model.compile(Adam(learning_rate=args.lr, epsilon=1e-08), 'categorical_crossentropy', metrics=['acc'])
    model.fit(X_train / 255., to_categorical(y_train, 10),
              batch_size=args.batch_size, epochs=args.nb_epoch,
              validation_data=(X_test / 255., to_categorical(y_test, 10)))
